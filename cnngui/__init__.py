"""The desktop application and the command line; all of the network itself lives in `core`."""
