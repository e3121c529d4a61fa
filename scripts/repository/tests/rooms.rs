//! The rooms of the crates: no circle of imports, none too large, and a map of
//! them in `CONTRIBUTING.md` that is true.

use std::collections::{BTreeMap, BTreeSet};

use repository::map::{Row, map};
use repository::rooms::{circle, rooms, touched};
use repository::{read, root};

const CRATES: [&str; 5] = [
    "health-middleware",
    "healthchecker",
    "healthchecker/core",
    "healthchecker/nano",
    "healthchecker/watchdog",
];

/// In a directory, without the file that bears its name.
const MOST_FILES: usize = 14;

#[test]
fn no_circle_of_imports_between_rooms() {
    for crate_dir in CRATES {
        if let Some(circle) = circle(&rooms(crate_dir)) {
            panic!("{crate_dir}/src: {}", circle.join(" → "));
        }
    }
}

#[test]
fn no_room_has_too_many_files() {
    for crate_dir in CRATES {
        for (name, room) in rooms(crate_dir) {
            let mut directories = BTreeMap::new();
            for file in &room.files {
                let parent = file.rsplit_once('/').map_or("", |(parent, _)| parent);
                *directories.entry(parent).or_insert(0) += 1;
            }
            for (directory, files) in directories {
                let place = format!("{crate_dir}/src/{name}/{directory}");
                assert!(files <= MOST_FILES, "{place} has {files} files");
            }
        }
    }
}

#[test]
fn rooms_say_what_they_touch() {
    for crate_dir in CRATES {
        let touched = touched(crate_dir);
        for (name, room) in rooms(crate_dir) {
            match touched.get(&name) {
                Some(touched) => assert_eq!(
                    *touched, room.imports,
                    "{crate_dir}/src/{name}.rs says what it touches, and what it imports is"
                ),
                None => assert!(
                    room.files.is_empty(),
                    "{crate_dir}/src/{name}.rs says nothing"
                ),
            }
        }
    }
}

#[test]
fn the_map_is_true() {
    let text = read("CONTRIBUTING.md");
    for crate_dir in CRATES {
        let mut rooms = rooms(crate_dir);
        let mut above = BTreeSet::new();
        for row in map(&text, crate_dir) {
            let found = rooms.remove(&row.name).unwrap_or_else(|| {
                panic!(
                    "the map has {} in {crate_dir}/src, which is not there",
                    row.name
                )
            });
            let found = Row {
                name: row.name.clone(),
                room: found,
            };
            assert_eq!(
                found, row,
                "CONTRIBUTING.md should say of {crate_dir}/src\n{found}\n"
            );
            let back: Vec<_> = found.room.imports.intersection(&above).collect();
            assert!(
                back.is_empty(),
                "{} stands below what it imports: {back:?}",
                row.name
            );
            above.insert(row.name);
        }
        let missing: Vec<_> = rooms
            .into_iter()
            .map(|(name, room)| Row { name, room }.to_string())
            .collect();
        assert!(
            missing.is_empty(),
            "not on the map of {crate_dir}/src:\n{}",
            missing.join("\n")
        );
    }
}

/// Every `room/file` in the ways through the house is a place in one of the crates.
#[test]
fn the_ways_lead_through_rooms_that_are_there() {
    let text = read("CONTRIBUTING.md");
    let (_, ways) = text.split_once("## The ways").expect("the ways");
    let (ways, _) = ways.split_once("\n## ").expect("what follows them");
    let mut places = 0;
    for place in ways
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|code| code.contains('/'))
    {
        let is_there = |crate_dir: &str| {
            root()
                .join(crate_dir)
                .join("src")
                .join(place)
                .with_extension("rs")
                .is_file()
        };
        let of_tests = root().join("health-middleware").join(place).is_dir();
        assert!(
            of_tests || CRATES.iter().any(|crate_dir| is_there(crate_dir)),
            "no {place} anywhere"
        );
        places += 1;
    }
    assert!(places > 20, "{places} places, where more were");
}
