//! Any RPC of the contract, called by its descriptor: for tests of all of them at once.

use std::fmt;
use std::time::Duration;

use anyhow::{Context as _, Result};
use bytes::{Buf, BufMut, Bytes};
use kith_proto::DESCRIPTORS;
use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor, Value};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Request, Status};

/// A stream that is quiet for so long has told what it had to tell.
const QUIET: Duration = Duration::from_millis(400);

/// Every RPC of the contract.
pub fn all() -> Result<Vec<MethodDescriptor>> {
    let pool = DescriptorPool::decode(DESCRIPTORS)?;
    let methods = pool
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>());
    Ok(methods.collect())
}

/// What came of a call: messages, and how it ended; `None` of a stream that stays open.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The messages.
    pub messages: Vec<DynamicMessage>,
    /// Code, text and details of a refusal.
    pub refused: Option<(String, Vec<u8>)>,
    /// Whether a stream stayed open.
    pub stays_open: bool,
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for message in &self.messages {
            writeln!(out, "{{{}}}", shown(message))?;
        }
        if let Some((told, _)) = &self.refused {
            writeln!(out, "{told}")?;
        }
        Ok(())
    }
}

/// A message in one line: the fields that are set.
#[must_use]
pub fn shown(message: &DynamicMessage) -> String {
    let one = |(field, value): (prost_reflect::FieldDescriptor, &Value)| {
        format!("{}: {}", field.name(), shown_value(value))
    };
    message.fields().map(one).collect::<Vec<_>>().join(", ")
}

fn shown_value(value: &Value) -> String {
    match value {
        Value::Message(message) => format!("{{{}}}", shown(message)),
        Value::List(values) => {
            let all: Vec<String> = values.iter().map(shown_value).collect();
            format!("[{}]", all.join(", "))
        }
        Value::String(text) => format!("{text:?}"),
        Value::EnumNumber(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}

/// Calls an RPC with these messages: one, or several of a stream.
pub async fn call(
    channel: &Channel,
    key: &str,
    method: &MethodDescriptor,
    messages: &[DynamicMessage],
) -> Result<Outcome> {
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let sent: Vec<Vec<u8>> = messages.iter().map(prost::Message::encode_to_vec).collect();
    let mut request = Request::new(tokio_stream::iter(sent));
    request
        .metadata_mut()
        .insert("authorization", format!("Bearer {key}").parse()?);
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await?;
    let mut outcome = Outcome {
        messages: Vec::new(),
        refused: None,
        stays_open: false,
    };
    let answer = client.streaming(request, path.parse()?, Raw).await;
    let mut answers = match answer {
        Ok(answer) => answer.into_inner(),
        Err(status) => {
            outcome.refused = Some(told(&status));
            return Ok(outcome);
        }
    };
    loop {
        match tokio::time::timeout(QUIET, answers.message()).await {
            Ok(Ok(Some(bytes))) => {
                let message = DynamicMessage::decode(method.output(), bytes);
                outcome.messages.push(message.context(path.clone())?);
            }
            Ok(Ok(None)) => return Ok(outcome),
            Ok(Err(status)) => {
                outcome.refused = Some(told(&status));
                return Ok(outcome);
            }
            // What answers once may take its time.
            Err(_) if !method.is_server_streaming() => {}
            Err(_) => {
                outcome.stays_open = true;
                return Ok(outcome);
            }
        }
    }
}

fn told(status: &Status) -> (String, Vec<u8>) {
    let text = format!("{:?}: {}", status.code(), status.message());
    (text, status.details().to_vec())
}

/// Messages as their bytes.
#[derive(Debug, Clone, Copy, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        let length = buffer.remaining();
        Ok(Some(buffer.copy_to_bytes(length)))
    }
}
