//! A changing request as a named commit: sent again, it is the same one.

use kith_domain::id::CommitId;
use kith_eventlog::ledger::Request;
use kith_servicekit::failure::{Failure, Violations};
use prost::Message;

use crate::Api;
use crate::caller::Caller;

/// A request whose fields are being checked. All violations are told at once.
pub(crate) struct Change {
    pub(crate) request: Request,
    pub(crate) fields: Violations,
}

impl Api {
    /// Names the commit that this request makes.
    pub(crate) fn change(
        &self,
        caller: &Caller,
        method: &'static str,
        request_id: &str,
        body: &impl Message,
    ) -> Change {
        let mut fields = Violations::new();
        let request_id = fields.request_id(request_id);
        let commit = caller
            .keys
            .commit(caller.principal.key, method, &request_id);
        let fingerprint = caller.keys.fingerprint(method, &body.encode_to_vec());
        Change {
            request: self.request(caller, commit, fingerprint),
            fields,
        }
    }

    /// A request with a commit id of its own making.
    pub(crate) fn request(
        &self,
        caller: &Caller,
        commit: CommitId,
        fingerprint: [u8; 16],
    ) -> Request {
        Request {
            organisation: caller.principal.organisation,
            shard: caller.shard,
            key: Some(caller.principal.key),
            member: caller.principal.member,
            commit,
            fingerprint,
            received_at: self.now(),
        }
    }
}

/// The fields that a change names: those of its mask; without one, every field that is given, so that what a caller
/// left out stays as it is (AIP-134).
pub(crate) fn masked<'m>(
    fields: &mut Violations,
    mask: Option<&'m prost_types::FieldMask>,
    all: &[&'m str],
    is_given: impl Fn(&str) -> bool,
    whose: &str,
) -> Vec<&'m str> {
    let paths: Vec<&str> = match mask {
        Some(mask) if !mask.paths.is_empty() => mask.paths.iter().map(String::as_str).collect(),
        _ => all.iter().copied().filter(|path| is_given(path)).collect(),
    };
    if paths.is_empty() {
        let none = format!("must name a field, or {whose} must have one");
        fields.add("update_mask", none);
    }
    paths
}

/// Compares the receipt of a creation that is there already with this request's.
pub(crate) fn same_request(receipt: &[u8], request: &Request) -> Result<(), Failure> {
    if receipt == request.fingerprint {
        Ok(())
    } else {
        Err(Failure::request_id_reused())
    }
}
