"""What a listener keeps, remembered and learnt from."""
