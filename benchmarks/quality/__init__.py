"""How good the ranking is: classes of programs whose true order is known, graded again and again, beside other tools."""
