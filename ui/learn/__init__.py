"""What stands on the pages of lessons: explanations in three depths, questions, and a file for each lesson."""
