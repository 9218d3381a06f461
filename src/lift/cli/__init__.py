"""What did the user ask for? One module per group of commands: read arguments, call, print, exit code."""
