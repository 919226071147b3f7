"""What `import cnngui` gives to scripts and notebooks; see docs/scripting.md."""
