"""What is true of the city: who is who, who is entitled to what, which faults and traps are planted?"""
