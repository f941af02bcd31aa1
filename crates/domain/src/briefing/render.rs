//! A briefing written down: as text, as Markdown, or as one HTML file that needs nothing else.
//!
//! What is written is made once, of headings, paragraphs and lists; the three forms differ in how they write those.

mod html;

use super::Briefing;
use super::page::Page;
use super::plan::Step;
use super::rank::Group;
use crate::pitch::Sentence;
use crate::wording::{capital, counted, day};

/// A part of what is written.
pub(super) enum Block {
    /// The title of everything.
    Title(String),
    /// The heading of a day or of a page.
    Heading(String),
    /// The heading of a part of a page.
    Part(&'static str),
    /// Some sentences.
    Paragraph(String),
    /// One thing of several, which follow each other in any order.
    Item(String),
    /// One thing of several, in this order.
    Step(usize, String),
    /// Time for oneself, between steps.
    Pause(&'static str),
    /// A letter, as it is sent.
    Letter(String),
}

const BREAK: &str = "A break, for yourself.";
/// What is said of somebody of whom nothing is known.
const NOTHING: &str = "Nothing known yet.";

impl Briefing {
    /// As plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for block in blocks(self) {
            let written = match block {
                Block::Title(title) => format!("{title}\n{}\n", "=".repeat(title.chars().count())),
                Block::Heading(heading) => {
                    format!("\n\n{heading}\n{}\n", "-".repeat(heading.chars().count()))
                }
                Block::Part(part) => format!("\n{part}\n"),
                Block::Paragraph(words) => format!("{words}\n"),
                Block::Item(words) => format!("  - {words}\n"),
                Block::Step(number, words) => format!("{number:3}. {words}\n"),
                Block::Pause(words) => format!("     {words}\n"),
                Block::Letter(words) => {
                    let lines = words.lines().map(|line| format!("  | {line}"));
                    lines.collect::<Vec<_>>().join("\n") + "\n"
                }
            };
            text.push_str(&written);
        }
        text
    }

    /// As Markdown, in the form of `CommonMark`.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        let mut was_item = false;
        for block in blocks(self) {
            let is_item = matches!(block, Block::Item(_) | Block::Step(..) | Block::Pause(_));
            if was_item && !is_item {
                text.push('\n');
            }
            was_item = is_item;
            let written = match block {
                Block::Title(title) => format!("# {}\n\n", escaped(&title)),
                Block::Heading(heading) => format!("## {}\n\n", escaped(&heading)),
                Block::Part(part) => format!("### {part}\n\n"),
                Block::Paragraph(words) => format!("{}\n\n", escaped(&words)),
                Block::Item(words) => format!("- {}\n", escaped(&words)),
                Block::Step(number, words) => format!("{number}. {}\n", escaped(&words)),
                Block::Pause(words) => format!("   *{words}*\n"),
                Block::Letter(words) => {
                    let lines = words.lines().map(|line| format!("> {}", escaped(line)));
                    lines.collect::<Vec<_>>().join("\n") + "\n\n"
                }
            };
            text.push_str(&written);
        }
        text
    }

    /// As one HTML file, for the screen and for printing in grey: nothing is said by colour, and it loads nothing.
    #[must_use]
    pub fn html(&self) -> String {
        html::document(&self.occasion.name, blocks(self))
    }
}

/// What Markdown would take for its own.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn blocks(briefing: &Briefing) -> Vec<Block> {
    let occasion = &briefing.occasion;
    let place = occasion.place.as_deref().map(|place| format!(", {place}"));
    let mut blocks = vec![
        Block::Title(occasion.name.clone()),
        Block::Paragraph(format!(
            "From {} to {}{}. Whom to meet: {}. Others on the list: {}.",
            day(occasion.begins.day),
            day(occasion.ends.day),
            place.unwrap_or_default(),
            counted(briefing.pages.len() as i64, "person", "people"),
            briefing.others,
        )),
    ];
    for planned in &briefing.days {
        blocks.push(Block::Heading(day(planned.day)));
        if planned.steps.is_empty() {
            blocks.push(Block::Paragraph(
                "Nobody is planned for this day.".to_owned(),
            ));
        }
        let mut number = 0;
        for step in &planned.steps {
            match step {
                Step::Break => blocks.push(Block::Pause(BREAK)),
                Step::Meet(page) => {
                    number += 1;
                    blocks.push(Block::Step(number, line(&briefing.pages[*page])));
                }
            }
        }
    }
    for page in &briefing.pages {
        blocks.extend(of_page(page, briefing.about.as_deref()));
    }
    blocks
}

/// Somebody in a list.
fn line(page: &Page) -> String {
    let role = page.role.as_deref().map(|role| format!(", {role}"));
    format!(
        "{}{} ({})",
        page.name,
        role.unwrap_or_default(),
        page.group.as_str()
    )
}

fn of_page(page: &Page, about: Option<&str>) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(page.name.clone())];
    let purpose = match page.group {
        Group::Deepen => "Deepen: get to know each other better.",
        Group::Renew => "Renew: take up again what has gone quiet.",
        Group::New => "New: get to know each other.",
    };
    let role = page.role.as_deref().map(|role| format!("{role}. "));
    blocks.push(Block::Paragraph(format!(
        "{}{purpose}",
        role.unwrap_or_default()
    )));
    if page.is_unknown {
        let about = about.map(|about| format!(" {about}")).unwrap_or_default();
        blocks.push(Block::Paragraph(format!("{NOTHING}{about}")));
    }
    let why: Vec<Sentence<_>> = page.reasons.iter().map(|one| one.told.clone()).collect();
    // What is a reason is not told twice.
    let is_new = |one: &&Sentence<_>| why.iter().all(|reason| reason.sources != one.sources);
    let common: Vec<Sentence<_>> = page.common.iter().map(|one| one.told.clone()).collect();
    let common: Vec<Sentence<_>> = common.iter().filter(is_new).cloned().collect();
    let parts: [(&'static str, Vec<Sentence<_>>); 8] = [
        ("Why", why.clone()),
        ("Their talk", page.talks.clone()),
        ("Who of us knows them", page.known_by.clone()),
        ("Last contact", page.last_talk.iter().cloned().collect()),
        (
            "Promised",
            page.promises.iter().filter(is_new).cloned().collect(),
        ),
        ("In common", common),
        ("Known of them", page.notes.clone()),
        (
            "A warm introduction",
            page.introduction.iter().cloned().collect(),
        ),
    ];
    for (part, sentences) in parts {
        if !sentences.is_empty() {
            blocks.push(Block::Part(part));
            blocks.extend(sentences.into_iter().map(|one| Block::Item(one.text)));
        }
    }
    if !page.questions.is_empty() {
        blocks.push(Block::Part("Ask"));
        blocks.extend(
            page.questions
                .iter()
                .map(|one| Block::Item(one.text.clone())),
        );
    }
    let pitch = page.pitch.text();
    if !pitch.is_empty() {
        blocks.push(Block::Part(if page.group == Group::New {
            "Say of yourself"
        } else {
            "Say"
        }));
        blocks.push(Block::Paragraph(capital(&pitch)));
    }
    if let Some(message) = &page.message {
        blocks.push(Block::Part("Write before"));
        blocks.push(Block::Letter(message.text.clone()));
    }
    blocks
}
