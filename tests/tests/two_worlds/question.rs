//! Questions, made at random from the descriptor of what is asked.

use std::collections::HashMap;

use kith_tests::rpc::{Outcome, shown};
use kith_tests::world::request_id;
use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor,
    ReflectMessage as _, Value,
};

use super::answer::kind;
use super::secret::{Callers, Hidden, LEFT_OUT, PRIVATE};

/// Tokens that each world gave for the same thing.
type Pair = [String; 2];

/// A question, by somebody.
pub(super) struct Question {
    pub(super) method: MethodDescriptor,
    pub(super) key: String,
    by: &'static str,
    messages: Vec<DynamicMessage>,
    /// A field that each world has its own token for.
    token: Option<(&'static str, Pair)>,
}

impl Question {
    /// What is sent to one of the worlds.
    pub(super) fn messages(&self, which: usize) -> Vec<DynamicMessage> {
        let mut messages = self.messages.clone();
        if let (Some((field, tokens)), Some(first)) = (&self.token, messages.first_mut()) {
            first.set_field_by_name(field, Value::String(tokens[which].clone()));
        }
        messages
    }

    pub(super) fn told(&self) -> String {
        let messages: Vec<String> = self.messages.iter().map(shown).collect();
        let (by, method) = (self.by, self.method.full_name());
        format!("{by} asks {method}: {{{}}}", messages.join("}, {"))
    }

    /// Whether rows may move by it.
    pub(super) fn changes(&self) -> bool {
        let reads = ["Get", "List", "Who", "Watch", "Verify", "Search"];
        !reads
            .iter()
            .any(|verb| self.method.name().starts_with(verb))
    }
}

/// Makes questions, and learns from answers what to ask next.
pub(super) struct Asker {
    dice: u64,
    requests: Vec<String>,
    /// Whether the question makes or changes no entry.
    is_harmless: bool,
    /// Ids, by what they are of.
    names: HashMap<String, Vec<String>>,
    hidden: Hidden,
    /// Lists that go on.
    pages: HashMap<String, Vec<(String, DynamicMessage, Pair)>>,
    changes: Vec<(String, Pair)>,
}

impl Asker {
    pub(super) fn new(callers: &Callers, hidden: Hidden) -> Self {
        Self {
            dice: 1,
            requests: Vec::new(),
            is_harmless: true,
            names: HashMap::from([
                ("person_id".to_owned(), callers.names.clone()),
                ("key_id".to_owned(), vec![callers.spare.clone()]),
            ]),
            hidden,
            pages: HashMap::new(),
            changes: Vec::new(),
        }
    }

    /// A number below `sides` (`SplitMix64`).
    fn roll(&mut self, sides: usize) -> usize {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.dice;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    fn pick(&mut self, from: &[&str]) -> String {
        let index = self.roll(from.len());
        from[index].to_owned()
    }

    pub(super) fn question(&mut self, method: &MethodDescriptor, callers: &Callers) -> Question {
        let weighed: Vec<(&'static str, &String)> = callers.weighed(method).collect();
        let index = self.roll(weighed.len());
        let (by, key) = weighed[index];
        let mut question = Question {
            method: method.clone(),
            key: key.clone(),
            by,
            messages: Vec::new(),
            token: None,
        };
        self.is_harmless = !question.changes() || method.name().starts_with("Set");
        let goes_on = self.roll(3) == 0;
        let pages = self.pages.get_mut(method.full_name()).filter(|_| goes_on);
        let own = pages.and_then(|pages| {
            let latest = pages.iter().rposition(|(whose, ..)| whose == by)?;
            Some(pages.remove(latest))
        });
        if let Some((_, first, tokens)) = own {
            question.messages = vec![first];
            question.token = Some(("page_token", tokens));
            return question;
        }
        let count = if method.is_client_streaming() {
            1 + self.roll(3)
        } else {
            1
        };
        question.messages = (0..count).map(|_| self.message(&method.input())).collect();
        if method.name() == "UndoChange" {
            let own = self.changes.iter().rposition(|(whose, _)| whose == by);
            let tokens = own.map(|index| self.changes.remove(index).1);
            question.token = tokens.map(|tokens| ("change_id", tokens));
        }
        question
    }

    fn message(&mut self, descriptor: &MessageDescriptor) -> DynamicMessage {
        let mut message = DynamicMessage::new(descriptor.clone());
        if descriptor.full_name() == "google.protobuf.Timestamp" {
            // Days around the worlds' present, more of them before it.
            let days = self.roll(60) as i64 - 45;
            let seconds = 1_794_992_400 + days * 86_400;
            message.set_field_by_name("seconds", Value::I64(seconds));
            return message;
        }
        for oneof in descriptor.oneofs() {
            let fields: Vec<FieldDescriptor> = oneof.fields().collect();
            let index = self.roll(fields.len());
            if fields.len() > 1 || self.roll(2) == 0 {
                let value = self.one(&fields[index]);
                message.set_field(&fields[index], value);
            }
        }
        for field in descriptor.fields() {
            let is_needed = ["request_id", "at", "due_at", "until"].contains(&field.name());
            if field.containing_oneof().is_some() || (!is_needed && self.roll(4) == 0) {
                continue;
            }
            let value = if field.is_list() {
                let count = 1 + self.roll(3);
                Value::List((0..count).map(|_| self.one(&field)).collect())
            } else {
                self.one(&field)
            };
            message.set_field(&field, value);
        }
        message
    }

    fn one(&mut self, field: &FieldDescriptor) -> Value {
        match field.kind() {
            Kind::Message(descriptor) => Value::Message(self.message(&descriptor)),
            Kind::Enum(values) => {
                let numbers: Vec<i32> = values.values().map(|value| value.number()).collect();
                // The first is none.
                let first = usize::from(self.roll(5) > 0 && numbers.len() > 1);
                let index = first + self.roll(numbers.len() - first);
                Value::EnumNumber(numbers[index])
            }
            Kind::Bool if field.name() == "everyone_is_a_member" => Value::Bool(self.roll(40) == 0),
            Kind::Bool => Value::Bool(self.roll(2) == 0),
            Kind::Uint32 => Value::U32([0, 1, 2, 5, 50][self.roll(5)]),
            Kind::Uint64 => Value::U64([0, 1, 2][self.roll(3)]),
            Kind::Int32 => Value::I32([0, 1, 2][self.roll(3)]),
            Kind::Int64 => Value::I64([0, 1, 2][self.roll(3)]),
            _ => Value::String(self.text(field)),
        }
    }

    fn text(&mut self, field: &FieldDescriptor) -> String {
        match field.name() {
            "request_id" => {
                let again = self.roll(20) == 0 && !self.requests.is_empty();
                if again {
                    let index = self.roll(self.requests.len());
                    return self.requests[index].clone();
                }
                let id = request_id();
                self.requests.push(id.clone());
                id
            }
            "min_position" | "page_token" | "resume_token" | "change_id" => String::new(),
            "etag" => self.pick(&["", "", "0"]),
            "source_key" => format!("key {}", self.roll(40)),
            "external_key" => format!("crm-{}", self.roll(12)),
            "company" => self.pick(&["Harbour", "harbour", "Wind", "secret"]),
            "since" | "until" => self.pick(&["", "2021", "2024-03", "2026-12-31"]),
            "domain" => self.pick(&["public.example", PRIVATE, LEFT_OUT]),
            "address" | "addresses" => self.address(),
            "paths" => self.pick(&[
                "name",
                "addresses",
                "company",
                "title",
                "affiliations",
                "tags",
            ]),
            "import_id" if self.roll(2) == 0 => self.hidden.import_request.clone(),
            name if name.ends_with("_id") => self.named(kind(name)),
            "person" | "kept" | "duplicate" | "entry" => match self.roll(3) {
                0 => self.address(),
                _ => self.named("person_id"),
            },
            _ => self.pick(&[
                "Ana Silva",
                "Zoë",
                "wind",
                "Harbour",
                "vip",
                "secret",
                "zoe w",
            ]),
        }
    }

    fn address(&mut self) -> String {
        let number = self.roll(60);
        match self.roll(6) {
            0 => format!("x{}@{PRIVATE}", number % 3),
            1 if self.is_harmless => format!("y{}@{LEFT_OUT}", number % 2),
            2 => format!("fresh{number}.{}@public.example", self.roll(1_000)),
            _ => format!("p{}@public.example", number % 12),
        }
    }

    /// An id that was seen, or one that is hidden.
    fn named(&mut self, of: &str) -> String {
        let known = self.names.get(of).map_or(0, Vec::len);
        if known == 0 || self.roll(5) == 0 {
            let index = self.roll(self.hidden.names.len());
            return self.hidden.names[index].clone();
        }
        let index = self.roll(known);
        self.names[of][index].clone()
    }

    /// Keeps what the answers of both worlds teach.
    pub(super) fn learn(
        &mut self,
        question: &Question,
        one: &Outcome,
        other: &Outcome,
        found: Vec<(String, String)>,
    ) {
        for (of, name) in found {
            let names = self.names.entry(of).or_default();
            if !names.contains(&name) {
                names.push(name);
            }
            // The latest are the most worth asking about.
            let surplus = names.len().saturating_sub(60);
            names.drain(..surplus);
        }
        for (left, right) in one.messages.iter().zip(&other.messages) {
            let text = |message: &DynamicMessage, field: &str| match message
                .get_field_by_name(field)
                .as_deref()
            {
                Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
                _ => None,
            };
            let page = text(left, "next_page_token").zip(text(right, "next_page_token"));
            if let (Some((left, right)), Some(first)) = (page, question.messages.first()) {
                let going_on = self.pages.entry(question.method.full_name().to_owned());
                let page = (question.by.to_owned(), first.clone(), [left, right]);
                going_on.or_default().push(page);
            }
            for (left, right) in changes(left).into_iter().zip(changes(right)) {
                self.changes.push((question.by.to_owned(), [left, right]));
            }
        }
    }
}

/// The tokens of changes that a list names, the latest last.
fn changes(message: &DynamicMessage) -> Vec<String> {
    let Some(list) = message.get_field_by_name("changes") else {
        return Vec::new();
    };
    let Value::List(list) = list.as_ref() else {
        return Vec::new();
    };
    let tokens = list.iter().rev().filter_map(|change| {
        let change = change.as_message()?;
        change.descriptor().get_field_by_name("change_id")?;
        let token = change.get_field_by_name("change_id")?;
        Some(token.as_str()?.to_owned())
    });
    tokens.collect()
}
