//! What cannot work, each with an error that names it.

use std::sync::Arc;
use std::time::Duration;

use crate::checks::{Definition, Hold, Source};
use crate::error::{BuildError, BuildErrorKind};
use crate::report::InfoValue;

/// The longest name, in bytes.
const LONGEST_NAME: usize = 100;
/// The longest duration that makes sense.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);
const SHORTEST: Duration = Duration::from_millis(1);
/// Less than this an idle machine's scheduler is late by now and then, which
/// must not restart a service.
const SHORTEST_TOLERANCE: Duration = Duration::from_millis(50);

/// Names, of components and of guards alike.
pub(super) fn names(components: &[Definition], holds: &[Arc<Hold>]) -> Result<(), BuildError> {
    let components = components.iter().map(|one| &*one.slot.name);
    let guards = holds.iter().map(|hold| &**hold.name());
    let mut names: Vec<&str> = components.chain(guards).collect();
    for name in &names {
        validate_name(name)?;
    }
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        None => Ok(()),
        Some(pair) => Err(BuildError::new(
            BuildErrorKind::DuplicateName,
            format!(
                "{:?} is the name of two: each needs one of its own",
                pair[0]
            ),
        )),
    }
}

/// Info fields.
pub(super) fn info(fields: &[(Arc<str>, InfoValue)]) -> Result<(), BuildError> {
    /// What bodies name themselves, in either of their formats.
    const RESERVED: [&str; 8] = [
        "status",
        "message",
        "timestamp",
        "components",
        "checks",
        "output",
        "serviceId",
        "",
    ];
    for (index, (name, _)) in fields.iter().enumerate() {
        let problem = if RESERVED.contains(&&**name) {
            "is not free"
        } else if fields[..index].iter().any(|(other, _)| other == name) {
            "is given twice"
        } else {
            continue;
        };
        return Err(BuildError::new(
            BuildErrorKind::InvalidInfo,
            format!("info field {name:?} {problem}"),
        ));
    }
    Ok(())
}

/// What grpc.health.v1 asks endpoints by. A component of such a name could not be
/// asked for, and a manifest that asks for `liveness` would mean another thing in
/// each service; hence with every set of features.
const ENDPOINTS: [&str; 3] = ["liveness", "readiness", "startup"];

/// A name must stand in a path in one spelling only: RFC 3986's unreserved
/// characters need no encoding.
pub(crate) fn validate_name(name: &str) -> Result<(), BuildError> {
    if ENDPOINTS.contains(&name) {
        return Err(BuildError::new(
            BuildErrorKind::InvalidName,
            format!("name {name:?}: it is an endpoint's, as gRPC asks for it"),
        ));
    }
    let character = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let fits = (1..=LONGEST_NAME).contains(&name.len())
        && name.bytes().all(character)
        && !matches!(name, "." | "..");
    if fits {
        return Ok(());
    }
    Err(BuildError::new(
        BuildErrorKind::InvalidName,
        format!("name {name:?}: 1 to {LONGEST_NAME} letters, digits and -._~ are accepted"),
    ))
}

/// Names that gRPC answers for besides its own and the components'.
#[cfg(feature = "grpc")]
pub(super) fn aliases(
    aliases: &[(String, String)],
    components: &[Definition],
) -> Result<(), BuildError> {
    const LONGEST_ALIAS: usize = 255;
    let known = |name: &str| {
        ENDPOINTS.contains(&name) || components.iter().any(|one| *one.slot.name == *name)
    };
    for (index, (alias, stands_for)) in aliases.iter().enumerate() {
        let refuse = |kind, problem: String| {
            Err(BuildError::new(
                kind,
                format!("gRPC alias {alias:?}{problem}"),
            ))
        };
        let taken = |(other, _): &(String, String)| other == alias;
        if !(1..=LONGEST_ALIAS).contains(&alias.len())
            || !alias.bytes().all(|byte| byte.is_ascii_graphic())
        {
            let accepted = format!(": 1 to {LONGEST_ALIAS} visible ASCII characters are accepted");
            return refuse(BuildErrorKind::InvalidName, accepted);
        }
        if known(alias) || aliases[..index].iter().any(taken) {
            let problem = ": gRPC answers for this name already".to_owned();
            return refuse(BuildErrorKind::DuplicateName, problem);
        }
        if !known(stands_for) {
            let problem = format!(
                " stands for {stands_for:?}: a component's name or one of {} is accepted",
                ENDPOINTS.join(", ")
            );
            return refuse(BuildErrorKind::UnknownTarget, problem);
        }
    }
    Ok(())
}

/// A component by itself.
pub(super) fn component(definition: &Definition) -> Result<(), BuildError> {
    let name = &definition.slot.name;
    if let Some(problem) = &definition.invalid {
        return Err(BuildError::new(
            BuildErrorKind::InvalidTarget,
            format!("check {name:?}: {problem}"),
        ));
    }
    let duration = |what: &str, value: Duration, shortest: Duration| {
        if (shortest..=LONGEST).contains(&value) {
            return Ok(());
        }
        Err(BuildError::new(
            BuildErrorKind::InvalidDuration,
            format!("check {name:?}: {what}({value:?}): {shortest:?} to 7 days are accepted"),
        ))
    };
    match &definition.slot.source {
        Source::Active {
            timing, thresholds, ..
        } => {
            duration("timeout", timing.timeout, SHORTEST)?;
            duration("every", timing.every, SHORTEST)?;
            duration("initial_delay", timing.initial_delay, Duration::ZERO)?;
            for (what, value) in [
                ("failures", thresholds.failures),
                ("successes", thresholds.successes),
            ] {
                if value == 0 {
                    return Err(BuildError::new(
                        BuildErrorKind::InvalidThreshold,
                        format!("check {name:?}: {what}(0): 1 or more is accepted"),
                    ));
                }
            }
            Ok(())
        }
        Source::Heartbeat { time_to_live, .. } => {
            duration("time to live ", *time_to_live, SHORTEST)
        }
        Source::Reporter { time_to_live, .. } => match time_to_live {
            Some(time_to_live) => duration("time_to_live", *time_to_live, SHORTEST),
            None => Ok(()),
        },
        Source::Stall { tolerance } => duration("tolerance", *tolerance, SHORTEST_TOLERANCE),
    }
}
