"""Where does the dictionary of the property tests stand?"""

from pathlib import Path

DICTIONARY = Path(__file__).parent / "dictionary.yaml"
