"""What is true of the city, for scoring a run: who is who, who is entitled to what, which faults and traps are planted?"""
