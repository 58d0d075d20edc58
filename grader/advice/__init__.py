"""What would make a program faster: rules over what its profile has measured, each finding with its line and its evidence."""
