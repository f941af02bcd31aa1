//! One HTML file: headings in order, lists as lists, black on white, a page break before each person.

use super::Block;

const STYLE: &str = "\
body{font:1rem/1.5 Georgia,serif;color:#111;background:#fff;max-width:42rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.8rem;margin-bottom:.2rem}h2{font-size:1.3rem;margin-top:2rem;border-bottom:1px solid #666}\
h3{font-size:1rem;margin:1rem 0 .2rem}ul,ol{margin:.2rem 0;padding-left:1.5rem}li{margin:.15rem 0}\
p{margin:.3rem 0}blockquote{margin:.5rem 0;padding:.2rem 1rem;border-left:3px solid #666;white-space:pre-line}\
.pause{list-style:none;font-style:italic}\
@media print{body{margin:0;max-width:none;font-size:11pt}h2{break-after:avoid}h3{break-after:avoid}\
li,blockquote{break-inside:avoid}}";

/// Which list is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    None,
    Items,
    Steps,
}

impl List {
    const fn ends(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Items => "</ul>\n",
            Self::Steps => "</ol>\n",
        }
    }

    const fn begins(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Items => "<ul>\n",
            Self::Steps => "<ol>\n",
        }
    }
}

pub(super) fn document(title: &str, blocks: Vec<Block>) -> String {
    let mut body = String::new();
    let mut open = List::None;
    for block in blocks {
        let wanted = match block {
            Block::Item(_) => List::Items,
            Block::Step(..) | Block::Pause(_) => List::Steps,
            _ => List::None,
        };
        if wanted != open {
            body.push_str(open.ends());
            body.push_str(wanted.begins());
            open = wanted;
        }
        let written = match block {
            Block::Title(text) => format!("<h1>{}</h1>\n", escaped(&text)),
            Block::Heading(text) => format!("<h2>{}</h2>\n", escaped(&text)),
            Block::Part(text) => format!("<h3>{}</h3>\n", escaped(text)),
            Block::Paragraph(text) => format!("<p>{}</p>\n", escaped(&text)),
            Block::Item(text) => format!("<li>{}</li>\n", escaped(&text)),
            Block::Step(number, text) => {
                format!("<li value=\"{number}\">{}</li>\n", escaped(&text))
            }
            Block::Pause(text) => format!("<li class=\"pause\">{}</li>\n", escaped(text)),
            Block::Letter(text) => format!("<blockquote>{}</blockquote>\n", escaped(&text)),
        };
        body.push_str(&written);
    }
    body.push_str(open.ends());
    let title = escaped(title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
