//! What tonic refuses by itself gets a reason like everything else: an unknown service or method, a
//! message that is malformed or too large, a compression that nobody asked for.

use tonic::Status;
use tonic::codegen::http::{Request, Response};
use tracing::Span;

use crate::failure::Failure;

/// Gives a refusal without a reason its reason.
///
/// Only those that come without a body, their status among the headers: tonic makes its own in
/// that way. What a stream ends with was made by our services.
pub(super) fn explain<B>(mut response: Response<B>) -> Response<B> {
    let headers = response.headers_mut();
    // Almost every answer: no status before its body.
    if !headers.contains_key(Status::GRPC_STATUS)
        || headers.contains_key(Status::GRPC_STATUS_DETAILS)
    {
        return response;
    }
    let failure = match Status::from_header_map(headers) {
        // What tonic can't unpack it refuses together with what it can.
        Some(_) if headers.contains_key("grpc-accept-encoding") => {
            Some(Failure::unknown_encoding())
        }
        Some(status) => Failure::of_transport(&status),
        None => None,
    };
    if let Some(failure) = failure {
        // The headers of a status of ours are plain text and base64: there is nothing to refuse.
        let _ = failure.into_status().add_header(headers);
    }
    response
}

/// The span of a call: what is logged while it runs says which call it was, and of which request
/// (`Violations::request_id` fills that in).
pub(super) fn span(request: &Request<()>) -> Span {
    // The path of an unknown call is whatever its caller wrote: not for the log.
    let path = request.uri().path();
    let call = if path.starts_with("/kith.") { path } else { "" };
    tracing::error_span!("call", call, request_id = tracing::field::Empty)
}
