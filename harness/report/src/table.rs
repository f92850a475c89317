//! Tables of text for a terminal: cells wrap, and columns that do not fit go
//! into a further block below. It knows nothing of what is in the cells.

use anstyle::Style;

use crate::text::{width, wrap};

/// A cell: its text and its look.
#[derive(Debug, Clone)]
pub(crate) struct TableCell {
    pub(crate) text: String,
    pub(crate) style: Style,
}

/// A row: its head and one cell for each column.
#[derive(Debug, Clone)]
pub(crate) struct TableRow {
    pub(crate) head: TableCell,
    pub(crate) cells: Vec<TableCell>,
}

/// The narrowest column that is still readable.
const NARROWEST: usize = 14;
const GAP: usize = 2;

/// The rows as lines of at most so many characters.
pub(crate) fn render(rows: &[TableRow], columns: usize) -> Vec<String> {
    let head = rows
        .iter()
        .map(|row| width(&row.head.text))
        .max()
        .unwrap_or(0);
    let count = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let room = columns.saturating_sub(head);
    let at_a_time = (room / (NARROWEST + GAP)).clamp(1, count.max(1));
    let cell = (room / at_a_time).saturating_sub(GAP).max(1);
    let mut lines = Vec::new();
    for first in (0..count.max(1)).step_by(at_a_time) {
        if first > 0 {
            lines.push(String::new());
        }
        // No wider than the widest line of the block.
        let widths: Vec<usize> = (first..count.min(first + at_a_time))
            .map(|column| {
                let cells = rows.iter().filter_map(|row| row.cells.get(column));
                let lines = cells.flat_map(|text| wrap(&text.text, cell));
                lines.map(|line| width(&line)).max().unwrap_or(0)
            })
            .collect();
        for row in rows {
            let cells = row.cells.iter().skip(first).take(at_a_time);
            block(row, cells, head, &widths, &mut lines);
        }
    }
    lines
}

/// One row of one block; as many lines as its highest cell.
fn block<'a>(
    row: &TableRow,
    cells: impl Iterator<Item = &'a TableCell>,
    head: usize,
    widths: &[usize],
    lines: &mut Vec<String>,
) {
    let wrapped: Vec<(Style, Vec<String>)> = cells
        .zip(widths)
        .map(|(cell, &width)| (cell.style, wrap(&cell.text, width)))
        .collect();
    let height = wrapped.iter().map(|(_, lines)| lines.len()).max();
    for number in 0..height.unwrap_or(0).max(1) {
        let mut line = String::new();
        let text = if number == 0 {
            row.head.text.as_str()
        } else {
            ""
        };
        push(&mut line, row.head.style, text, head);
        for ((style, texts), &width) in wrapped.iter().zip(widths) {
            line.push_str(&" ".repeat(GAP));
            push(
                &mut line,
                *style,
                texts.get(number).map_or("", |text| text),
                width,
            );
        }
        lines.push(line.trim_end().to_owned());
    }
}

/// Text with commas that wraps behind its commas only.
pub(crate) fn keep_together(text: &str) -> String {
    let parts: Vec<String> = text
        .split(", ")
        .map(|part| part.replace(' ', TIED))
        .collect();
    if parts.len() > 1 {
        parts.join(", ")
    } else {
        text.to_owned()
    }
}

/// A space that does not break; it comes out as an ordinary one.
const TIED: &str = "\u{a0}";

fn push(line: &mut String, style: Style, text: &str, to: usize) {
    line.push_str(&paint(style, &text.replace(TIED, " ")));
    line.push_str(&" ".repeat(to.saturating_sub(width(text))));
}

/// A text in a style.
pub(crate) fn paint(style: Style, text: &str) -> String {
    if text.is_empty() || style == Style::new() {
        text.to_owned()
    } else {
        format!("{style}{text}{style:#}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(head: &str, cells: &[&str]) -> TableRow {
        let cell = |text: &str| TableCell {
            text: text.to_owned(),
            style: Style::new(),
        };
        TableRow {
            head: cell(head),
            cells: cells.iter().map(|text| cell(text)).collect(),
        }
    }

    #[test]
    fn cells_wrap_and_align() {
        let rows = [
            row("a", &["one two three four", "x"]),
            row("bcd", &["five", "y"]),
        ];
        assert_eq!(
            render(&rows, 36),
            [
                "a    one two three  x",
                "     four",
                "bcd  five           y"
            ]
        );
    }

    #[test]
    fn columns_that_do_not_fit_go_below() {
        let rows = [row("head", &["1", "2", "3", "4", "5"])];
        assert_eq!(
            render(&rows, 40),
            ["head  1  2", "", "head  3  4", "", "head  5"]
        );
        assert!(render(&[], 40).len() <= 1);
        assert_eq!(render(&[row("head", &["1"])], 0).len(), 1);
    }
}
