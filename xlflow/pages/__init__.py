"""HOW A NEW WORKBOOK IS LAID OUT: rows as high as their texts, which Excel may still fit."""
