"""Where does a council's work live? Settings, runs, register and audit, all plain files."""
