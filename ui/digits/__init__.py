"""What stands on the digit pages, and what they share.

draw       looking (what is looked at), insights (the views), corrections ("that was a 7")
teach      lessons
train      trainer, recipes (ways to train), pictures (those to learn from), layers (how they are doing), cures
examine    examine
operate    operating
all        networks and image_sets (which of them), cards (networks in words), shared (kept results, folded formulas)
"""
