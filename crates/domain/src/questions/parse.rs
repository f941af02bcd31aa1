//! Reading the bank: one line, one question.

use super::{Depth, For, Question, Topic};
use crate::search::stems;

/// What is wrong with a line of the bank.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub(super) struct Wrong {
    line: usize,
    what: &'static str,
}

/// A topic as it is read: complete once its first question comes.
#[derive(Default)]
struct Reading {
    slug: Option<String>,
    about: Option<String>,
    whom: Option<For>,
    topic: Option<&'static Topic>,
    depth: Option<Depth>,
}

impl Reading {
    fn topic(&mut self) -> Result<&'static Topic, &'static str> {
        if let Some(topic) = self.topic {
            return Ok(topic);
        }
        let topic = Topic {
            slug: self.slug.take().ok_or("a question belongs to a topic")?,
            about: self.about.take().ok_or("a topic says what it is about")?,
            whom: self.whom.take().ok_or("a topic says whom it is for")?,
        };
        // Read once, and kept as long as the process runs.
        Ok(self.topic.insert(Box::leak(Box::new(topic))))
    }

    fn question(&mut self, number: &str, text: &str) -> Result<Question, &'static str> {
        Ok(Question {
            topic: self.topic()?,
            depth: self.depth.ok_or("a question has a depth")?,
            number: number
                .parse()
                .map_err(|_| "a line is a heading or a numbered question")?,
            text: text.to_owned(),
        })
    }
}

/// All questions of the bank.
pub(super) fn bank(text: &'static str) -> Result<Vec<Question>, Wrong> {
    let mut questions: Vec<Question> = Vec::new();
    let mut reading = Reading::default();
    for (number, line) in text.lines().enumerate() {
        let wrong = |what| Wrong {
            line: number + 1,
            what,
        };
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Ok(depth) = line.parse() {
            reading.depth = Some(depth);
            continue;
        }
        let (head, rest) = line
            .split_once(' ')
            .ok_or_else(|| wrong("a line has a text"))?;
        match head {
            "topic" => {
                reading = Reading {
                    slug: Some(rest.to_owned()),
                    ..Reading::default()
                };
            }
            "about" => reading.about = Some(rest.to_owned()),
            "words" => reading.whom = Some(For::Words(stems(rest))),
            "raised" => reading.whom = Some(For::Raised(stems(rest))),
            "for" => reading.whom = Some(whom(rest).ok_or_else(|| wrong("for whom is unknown"))?),
            _ => questions.push(reading.question(head, rest).map_err(wrong)?),
        }
    }
    Ok(questions)
}

fn whom(text: &str) -> Option<For> {
    Some(match text {
        "anyone" => For::Anyone,
        "company" => For::Company,
        "talk" => For::Talk,
        "gathering" => For::Gathering,
        "known" => For::Known,
        "needs" => For::Needs,
        "offers" => For::Offers,
        _ => return None,
    })
}
