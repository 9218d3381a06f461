"""What do the suppliers' files say of the city? One module a file; none of them imports lift.sources."""
