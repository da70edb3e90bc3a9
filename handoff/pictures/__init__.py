"""What the pictures show, as plain values: drawing them is for others."""
