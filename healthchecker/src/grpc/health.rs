//! The two messages of `grpc.health.v1`, as they travel: prefixed by their length.

use crate::verdict::{Cause, Failure};

/// A length-prefixed `HealthCheckRequest`: field 1 is the service's name.
pub(super) fn health_check_request(service: &[u8]) -> Vec<u8> {
    let mut request = Vec::new();
    if !service.is_empty() {
        request.push(0x0a);
        let mut length = service.len();
        while length >= 0x80 {
            request.push(length as u8 | 0x80);
            length >>= 7;
        }
        request.push(length as u8);
        request.extend_from_slice(service);
    }
    let mut prefixed = vec![0];
    prefixed.extend_from_slice(&(request.len() as u32).to_be_bytes());
    prefixed.append(&mut request);
    prefixed
}

/// Judges a length-prefixed `HealthCheckResponse`.
pub(super) fn serving(answer: &[u8]) -> Result<String, Failure> {
    let malformed = || Failure::new(Cause::Grpc, "not a HealthCheckResponse");
    let Some((&[0, a, b, c, d], response)) = answer.split_first_chunk() else {
        return Err(malformed());
    };
    if u32::from_be_bytes([a, b, c, d]) as usize != response.len() {
        return Err(malformed());
    }
    match status(response).ok_or_else(malformed)? {
        1 => Ok(String::from("SERVING")),
        0 => Err(Failure::new(Cause::Grpc, "UNKNOWN")),
        2 => Err(Failure::new(Cause::Grpc, "NOT_SERVING")),
        3 => Err(Failure::new(Cause::Grpc, "SERVICE_UNKNOWN")),
        other => Err(Failure::new(Cause::Grpc, format!("serving status {other}"))),
    }
}

/// Field 1 of a `HealthCheckResponse`, the last one if repeated, 0 if absent; other fields are
/// passed over.
fn status(mut message: &[u8]) -> Option<u64> {
    let mut status = 0;
    while !message.is_empty() {
        let key = varint(&mut message)?;
        match key & 7 {
            0 => {
                let value = varint(&mut message)?;
                if key >> 3 == 1 {
                    status = value;
                }
            }
            1 => message = message.get(8..)?,
            2 => {
                let length = usize::try_from(varint(&mut message)?).ok()?;
                message = message.get(length..)?;
            }
            5 => message = message.get(4..)?,
            _ => return None,
        }
    }
    Some(status)
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = message.split_first()?;
        *message = rest;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests;
