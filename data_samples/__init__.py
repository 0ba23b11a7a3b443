"""Sample worlds and the simulator that makes them. Product code never imports this package."""
