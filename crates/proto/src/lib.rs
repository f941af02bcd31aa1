//! The contract of Kith: generated code, and the only conversions between wire and domain.
//!
//! - [`kith`] holds the generated messages, clients and servers, one module per proto package.
//! - [`event`] turns domain events into stored bytes and back; upcasting lives there.
//! - [`words`] converts enums, ids and times that both the log and the API use.

pub mod event;
pub mod words;

/// Generated from `proto/kith/**`.
#[expect(
    missing_docs,
    clippy::pedantic,
    reason = "documented in the proto files"
)]
pub mod kith {
    pub mod admin {
        pub mod v1 {
            tonic::include_proto!("kith.admin.v1");
        }
    }
    pub mod directory {
        pub mod v1 {
            tonic::include_proto!("kith.directory.v1");
        }
    }
    pub mod error {
        pub mod v1 {
            tonic::include_proto!("kith.error.v1");
        }
    }
    pub mod event {
        pub mod v1 {
            tonic::include_proto!("kith.event.v1");
        }
    }
    pub mod followup {
        pub mod v1 {
            tonic::include_proto!("kith.followup.v1");
        }
    }
    pub mod gathering {
        pub mod v1 {
            tonic::include_proto!("kith.gathering.v1");
        }
    }
    pub mod history {
        pub mod v1 {
            tonic::include_proto!("kith.history.v1");
        }
    }
    pub mod interaction {
        pub mod v1 {
            tonic::include_proto!("kith.interaction.v1");
        }
    }
    pub mod relationship {
        pub mod v1 {
            tonic::include_proto!("kith.relationship.v1");
        }
    }
}

/// The compiled file descriptors of every proto, for server reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/kith.bin"));
