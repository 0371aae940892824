"""What can be asked for on the command line; the work is done in the files beside this folder."""
