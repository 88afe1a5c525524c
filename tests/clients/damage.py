"""What people do to a register in LibreOffice: scripts for `Book.run`.

`STAFF_ADDITIONS` are theirs to keep; `DAMAGE` is what a repair puts back.
"""

from __future__ import annotations

STAFF_ADDITIONS = """
from com.sun.star.awt import Rectangle
from com.sun.star.beans import PropertyValue
from com.sun.star.sheet.ConditionOperator import GREATER
from com.sun.star.sheet.ValidationType import WHOLE

def refuse_below(cells, least):
    rule = cells.Validation
    rule.Type = WHOLE
    rule.setOperator(GREATER)
    rule.setFormula1(least)
    rule.ShowErrorMessage = True
    rule.ErrorMessage = "too small"
    cells.Validation = rule

def colour_above(cells, limit):
    rules = cells.ConditionalFormat
    rules.addNew((
        PropertyValue("Operator", 0, GREATER, 0),
        PropertyValue("Formula1", 0, limit, 0),
        PropertyValue("StyleName", 0, "Good", 0),
    ))
    cells.ConditionalFormat = rules

doc.unprotect("")
sheets = doc.Sheets
register = sheets.getByName("Register")
register.unprotect("")

# A sheet of their own: numbers with a validation, a colour, and a chart.
sheets.insertNewByName("Staff notes", sheets.Count)
notes = sheets.getByName("Staff notes")
notes.getCellRangeByName("A1:B4").setDataArray(
    (("Month", "Cases"), ("January", 3.0), ("February", 5.0), ("March", 4.0))
)
refuse_below(notes.getCellRangeByName("B2:B20"), "0")
colour_above(notes.getCellRangeByName("B2:B20"), "3")
place = Rectangle()
place.X, place.Y, place.Width, place.Height = 8000, 500, 9000, 6000
notes.Charts.addNewByName(
    "Cases", place, (notes.getCellRangeByName("A1:B4").RangeAddress,), True, True)

# A column of their own in the middle of the register, with the same, and a note.
register.Columns.insertByIndex(9, 1)
register.getCellRangeByName("J3").String = "Room"
register.getCellRangeByName("J4:J8").setDataArray(((4.0,), (12.0,), (7.0,), (30.0,), (2.0,)))
refuse_below(register.getCellRangeByName("J4:J200"), "1")
colour_above(register.getCellRangeByName("J4:J200"), "10")
register.Annotations.insertNew(
    register.getCellRangeByName("B5").CellAddress, "Ask Finance before going on")
result = True
"""

DAMAGE = """
from com.sun.star.beans import PropertyValue
from com.sun.star.sheet.ValidationType import ANY
from com.sun.star.table import TableSortField

HARD_FORMATS = 32
register, notes, lists, issues = (
    doc.Sheets.getByName(name) for name in ("Register", "Staff notes", "Lists", "Issues"))

def paste(source, target):
    register.copyRange(
        register.getCellRangeByName(target).CellAddress,
        notes.getCellRangeByName(source).RangeAddress,
    )

def forget(cells):
    rule = cells.Validation
    rule.Type = ANY
    rule.ShowInputMessage = rule.ShowErrorMessage = False
    cells.Validation = rule

# Rows are sorted by title, the last first.
field = TableSortField()
field.Field, field.IsAscending = 1, False
register.getCellRangeByName("A4:BL8").sort((
    PropertyValue("SortFields", 0, uno.Any("[]com.sun.star.table.TableSortField", (field,)), 0),
    PropertyValue("ContainsHeader", 0, False, 0),
))
# Cells from elsewhere are pasted over dropdowns and xlflow's own columns, rules and all.
notes.getCellRangeByName("D1:E3").setDataArray(
    (("Testing", "all fine"), ("Submitted", "soon"), ("Submitted", ""))
)
paste("D1:E3", "C4")
paste("B2:B4", "G5")
# Validations are deleted from a stretch of rows, and from a whole column.
forget(register.getCellRangeByName("K5:M6"))
forget(register.getCellRangeByName("T4:T1048576"))
# Formats are cleared from a block, colours from the whole sheet of issues.
register.getCellRangeByName("O4:Q7").clearContents(HARD_FORMATS)
issues.unprotect("")
for rules in issues.ConditionalFormats.getConditionalFormats():
    issues.ConditionalFormats.removeByID(rules.ID)
# Headers are typed over and deleted; keys, too.
register.getCellRangeByName("L3").String = "What kind?"
register.getCellRangeByName("M3").String = ""
register.getCellRangeByName("B1").String = ""
register.getCellRangeByName("P3").String = ""
register.getCellRangeByName("P1").String = ""
# A column is hidden, a choice typed over.
register.Columns.getByIndex(21).IsVisible = False
lists.unprotect("")
lists.getCellRangeByName("B5").String = "Middling"
result = True
"""
