//! A tower layer that answers health endpoints from one immutable snapshot.
