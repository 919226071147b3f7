"""What happens where files, disks and processes fail."""
