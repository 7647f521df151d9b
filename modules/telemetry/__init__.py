"""What the process knows of itself: facts go in from the loop, one frozen snapshot a second comes out."""
