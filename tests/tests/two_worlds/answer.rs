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

/// The ids and addresses of an answer.
pub(super) fn found(outcome: &Outcome) -> Vec<String> {
    let mut found = Vec::new();
    for message in &outcome.messages {
        collect(message, &mut found);
    }
    found
}

fn collect(message: &DynamicMessage, found: &mut Vec<String>) {
    for field in message.descriptor().fields() {
        let is_name = field.name().ends_with("_id") || field.name() == "addresses";
        let value = message.get_field(&field);
        if !TOKENS.contains(&field.name()) {
            texts(&value, is_name, found);
        }
    }
}

fn texts(value: &Value, is_name: bool, found: &mut Vec<String>) {
    match value {
        Value::String(text) if is_name && !text.is_empty() => found.push(text.clone()),
        Value::Message(message) => collect(message, found),
        Value::List(values) => {
            for value in values {
                texts(value, is_name, found);
            }
        }
        _ => {}
    }
}
