//! Messages to bytes and back, in buffers as small as the messages.

use std::marker::PhantomData;

use prost::Message;
use tonic::Status;
use tonic::codec::{BufferSettings, DecodeBuf, Decoder, EncodeBuf, Encoder};

/// The longest request, in bytes: no component has a name that long.
pub(super) const MAX_REQUEST: usize = 4096;

/// tonic's own codec sets 8 KiB aside for each direction of each stream, and a
/// status takes 7 bytes. Longer messages make the buffer grow.
const BUFFER: usize = 64;

/// Encodes `E`, decodes `D`.
pub(super) struct Codec<E, D>(PhantomData<(E, D)>);

impl<E, D> Codec<E, D> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<E, D> tonic::codec::Codec for Codec<E, D>
where
    E: Message + 'static,
    D: Message + Default + 'static,
{
    type Encode = E;
    type Decode = D;
    type Encoder = Coder<E>;
    type Decoder = Coder<D>;

    fn encoder(&mut self) -> Coder<E> {
        Coder(PhantomData)
    }

    fn decoder(&mut self) -> Coder<D> {
        Coder(PhantomData)
    }
}

pub(super) struct Coder<M>(PhantomData<M>);

fn buffer_settings() -> BufferSettings {
    BufferSettings::new(BUFFER, BUFFER)
}

impl<M: Message> Encoder for Coder<M> {
    type Item = M;
    type Error = Status;

    fn encode(&mut self, message: M, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        message
            .encode(buffer)
            .map_err(|error| Status::internal(error.to_string()))
    }

    fn buffer_settings(&self) -> BufferSettings {
        buffer_settings()
    }
}

impl<M: Message + Default> Decoder for Coder<M> {
    type Item = M;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<M>, Status> {
        M::decode(buffer)
            .map(Some)
            .map_err(|error| Status::internal(error.to_string()))
    }

    fn buffer_settings(&self) -> BufferSettings {
        buffer_settings()
    }
}
