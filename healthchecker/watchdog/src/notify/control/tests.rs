use super::*;
use proptest::prelude::*;

/// As the kernel writes it.
fn message(kind: Kind, data: &[i32], pad: bool) -> Vec<u8> {
    let mut bytes = (HEADER + 4 * data.len()).to_ne_bytes().to_vec();
    bytes.extend(
        [kind.0, kind.1]
            .iter()
            .chain(data)
            .flat_map(|word| word.to_ne_bytes()),
    );
    if pad {
        bytes.resize(bytes.len().next_multiple_of(WORD), 0);
    }
    bytes
}

const RIGHTS: Kind = (libc::SOL_SOCKET, libc::SCM_RIGHTS);
const CREDENTIALS: Kind = (libc::SOL_SOCKET, libc::SCM_CREDENTIALS);

#[test]
fn credentials() {
    let known = message(CREDENTIALS, &[7, -1, 9], true);
    let unknown = message((libc::SOL_SOCKET, 77), &[1, 2, 3, 4, 5], true);
    let short = message(CREDENTIALS, &[7], true);
    let unpadded = message(CREDENTIALS, &[7, -1, 9], false);
    for (bytes, sender) in [
        (known.clone(), Some((7, u32::MAX))),
        (
            [unknown.clone(), known.clone()].concat(),
            Some((7, u32::MAX)),
        ),
        ([known.clone(), vec![0; 64]].concat(), Some((7, u32::MAX))),
        (unpadded, Some((7, u32::MAX))),
        (short, None),
        (vec![], None),
        (vec![0; SPACE], None),
        (unknown, None),
        (known[..known.len() - 8].to_vec(), None),
        (vec![0xff; SPACE], None),
    ] {
        let control = Control::read(&bytes);
        assert_eq!(control.sender, sender, "{bytes:?}");
        assert!(control.descriptors.is_empty());
    }
}

#[test]
fn descriptors() {
    let credentials = message(CREDENTIALS, &[7, 8, 9], true);
    for (bytes, descriptors) in [
        (message(RIGHTS, &[5], false), &[5][..]),
        (message(RIGHTS, &[5, 6, 7], true), &[5, 6, 7]),
        (
            [message(RIGHTS, &[5], true), message(RIGHTS, &[6], true)].concat(),
            &[5, 6],
        ),
        (message(RIGHTS, &[], true), &[]),
    ] {
        let bytes = [&credentials[..], &bytes].concat();
        let control = Control::read(&bytes);
        assert_eq!(control.sender, Some((7, 8)));
        assert_eq!(control.descriptors, descriptors);
    }
}

proptest! {
    #[test]
    fn any_bytes_end(lengths in proptest::collection::vec(0..40_usize, 0..30), cut in 0..8_usize) {
        let bytes = lengths.iter().flat_map(|len| len.to_ne_bytes()).skip(cut).collect::<Vec<_>>();
        prop_assert!(Control::read(&bytes).descriptors.len() <= bytes.len() / 4);
        let mut rest = &bytes[..];
        let mut count = 0;
        while let Some((_, _, after)) = split(rest) {
            rest = after;
            count += 1;
        }
        prop_assert!(count <= bytes.len() / HEADER);
    }
}
