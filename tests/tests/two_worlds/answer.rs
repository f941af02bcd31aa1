//! Answers, as far as they are compared, and what they teach whoever asks.

use kith_tests::rpc::Outcome;
use prost::Message as _;
use prost_reflect::{DynamicMessage, ReflectMessage as _, Value};

/// What differs by its nature: places in the log and in lists, and what is made of chance.
const TOKENS: [&str; 9] = [
    "position",
    "next_page_token",
    "resume_token",
    "change_id",
    "key_id",
    "secret",
    "admin_key",
    "organisation_id",
    // Frames of a stream are cut by time.
    "commits",
];

/// An answer as it is compared.
#[derive(PartialEq)]
pub(super) struct Masked {
    messages: Vec<Vec<u8>>,
    refused: Option<(String, Vec<u8>)>,
    stays_open: bool,
}

/// An answer with its tokens masked: of each it shows whether there is one.
pub(super) fn masked(outcome: &Outcome) -> Masked {
    let message = |message: &DynamicMessage| {
        let mut masked = message.clone();
        mask(&mut masked);
        masked.encode_to_vec()
    };
    let messages = outcome.messages.iter().map(message).collect();
    Masked {
        messages,
        refused: outcome.refused.clone(),
        stays_open: outcome.stays_open,
    }
}

fn mask(message: &mut DynamicMessage) {
    for (field, value) in message.fields_mut() {
        if !TOKENS.contains(&field.name()) {
            each(value, &mut mask);
            continue;
        }
        match value {
            Value::String(text) if !text.is_empty() => "a token".clone_into(text),
            Value::U64(number) => *number = 0,
            _ => {}
        }
    }
}

fn each(value: &mut Value, with: &mut impl FnMut(&mut DynamicMessage)) {
    match value {
        Value::Message(message) => with(message),
        Value::List(values) => values.iter_mut().for_each(|value| each(value, with)),
        _ => {}
    }
}

/// What a field names: ids of people stand under several names.
pub(super) fn kind(field: &str) -> &str {
    match field {
        "member_id" | "author_id" | "recorder_id" | "entry_id" | "merged_entry_id" | "subject"
        | "person" | "kept" | "duplicate" | "entry" => "person_id",
        field => field,
    }
}

/// The ids of an answer, each with what it is of.
pub(super) fn found(outcome: &Outcome) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for message in &outcome.messages {
        collect(message, &mut found);
    }
    found
}

fn collect(message: &DynamicMessage, found: &mut Vec<(String, String)>) {
    for field in message.descriptor().fields() {
        let of = Some(kind(field.name())).filter(|_| field.name().ends_with("_id"));
        let value = message.get_field(&field);
        if !TOKENS.contains(&field.name()) {
            texts(&value, of, found);
        }
    }
}

fn texts(value: &Value, of: Option<&str>, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) if !text.is_empty() => {
            found.extend(of.map(|of| (of.to_owned(), text.clone())));
        }
        Value::Message(message) => collect(message, found),
        Value::List(values) => {
            for value in values {
                texts(value, of, found);
            }
        }
        _ => {}
    }
}
