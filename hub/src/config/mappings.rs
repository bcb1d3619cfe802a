//! The `[mapping]` section: which declared mappings read foreign JSON, those that come with the hub by their names, one's
//! own from a file. Mistakes in the file are told among all others.

use chengshu_mapping::{Mapping, Mappings, builtin};

use super::reader::{Reader, Section};

/// Paths of mappings stand below this.
const PUSH: &str = "/push/";

pub(super) fn read(reader: &mut Reader) -> Mappings {
    let mut section = reader.section("mapping");
    let mut texts = Vec::new();
    let path = section.path("own_file");
    if let Some(path) = &path {
        match std::fs::read_to_string(path) {
            Ok(text) => texts.push(text),
            Err(error) => {
                let read = format!("{}: {error}", path.display());
                section.mistake("own_file", &read, "a file of [[mapping]] that the hub's user can read", "");
            }
        }
    }
    for name in section.words("builtin", "[\"chirpstack4\"]").unwrap_or_default() {
        match builtin::text(&name) {
            Some(text) => texts.push(text.to_owned()),
            None => unknown(&mut section, &name),
        }
    }
    // together, so that two of the same name or pattern are seen wherever they come from
    let mappings = if texts.is_empty() { Ok(Mappings::default()) } else { Mappings::load(&texts.join("\n")) };
    let mappings = mappings.unwrap_or_else(|mistakes| {
        for mistake in mistakes.0 {
            let key = if path.is_some() { "own_file" } else { "builtin" };
            let read = format!("{}: {}: {}", mistake.name, mistake.key, mistake.read);
            section.mistake(key, &read, &mistake.expected, &mistake.mend);
        }
        Mappings::default()
    });
    for mapping in mappings.iter() {
        if let Some(path) = mapping.path().filter(|path| !path.starts_with(PUSH)) {
            let read = format!("{}: path: {path:?}", mapping.name());
            let mend = format!("path = \"{PUSH}{}\"", mapping.name());
            section.mistake("own_file", &read, &format!("a path below {PUSH}"), &mend);
        }
    }
    section.end();
    mappings
}

fn unknown(section: &mut Section<'_>, name: &str) {
    let all = builtin::all().unwrap_or_default();
    let known: Vec<&str> = all.iter().map(Mapping::name).collect();
    let expected = format!("one of {}", known.join(", "));
    section.mistake("builtin", &format!("{name:?}"), &expected, "builtin = [\"chirpstack4\"]");
}

#[cfg(test)]
mod tests {
    use super::super::Config;

    fn load(text: &str) -> Result<Config, String> {
        let dir = tempfile::tempdir().unwrap();
        let own = dir.path().join("mappings.toml");
        let (mappings, text) = text.split_once("---\n").unwrap_or(("", text));
        std::fs::write(&own, mappings).unwrap();
        let file = dir.path().join("chengshu.toml");
        std::fs::write(&file, text.replace("OWN", &own.display().to_string())).unwrap();
        Config::load(Some(&file), std::iter::empty())
            .map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }

    const OWN: &str = "[[mapping]]\nname = \"pumps\"\npath = \"/push/plant/{plant}\"\ntheme = \"water\"\ndevice = \"P-{plant}\"\nvalues = [{ metric = \"level\", pointer = \"/l\" }]\n---\n";

    #[test]
    fn own_and_builtin_ones_stand_together() {
        let config = load(&format!(
            "{OWN}[mapping]\nbuiltin = [\"chirpstack4\"]\nown_file = \"OWN\"\n[[broker]]\nurl = \"mqtt://h:1\"\nmappings = [\"chirpstack4\"]\n"
        ))
        .unwrap();
        let names: Vec<&str> = config.mappings.iter().map(chengshu_mapping::Mapping::name).collect();
        assert_eq!(names, ["pumps", "chirpstack4"]);
        assert_eq!(config.brokers[0].mappings.as_deref(), Some(&["chirpstack4".to_owned()][..]));
        assert_eq!(config.files.len(), 2, "the file of mappings goes into backups");
        assert_eq!(load("").unwrap().mappings.iter().count(), 0);
    }

    #[test]
    fn mistakes_in_mappings_are_named() {
        for (text, parts) in [
            ("[mapping]\nbuiltin = [\"chirpstack\"]\n", vec!["mapping.builtin", "chirpstack4, "]),
            ("[mapping]\nbuiltin = \"chirpstack4\"\n", vec!["mapping.builtin", "a list"]),
            ("[mapping]\nown_file = \"/nowhere\"\n", vec!["mapping.own_file", "/nowhere"]),
            (
                "[[mapping]]\nname = \"a\"\npath = \"/push/a\"\ntheme = \"water\"\ndevice = \"D\"\nvalus = []\n---\n[mapping]\nown_file = \"OWN\"\n",
                vec!["mapping.own_file", "a: valus", "a: values"],
            ),
            (
                &format!("{}[mapping]\nown_file = \"OWN\"\n", OWN.replace("/push/plant", "/plant")),
                vec!["pumps: path", "path = \"/push/pumps\""],
            ),
            (
                &format!(
                    "{}[mapping]\nbuiltin = [\"chirpstack4\"]\nown_file = \"OWN\"\n",
                    OWN.replace("pumps", "chirpstack4")
                ),
                vec!["chirpstack4: name"],
            ),
            ("[[broker]]\nurl = \"mqtt://h:1\"\nmappings = [\"pumps\"]\n", vec!["broker[0].mappings", "it names none"]),
        ] {
            let all = load(text).unwrap_err();
            for part in parts {
                assert!(all.contains(part), "{part} is missing in:\n{all}");
            }
        }
    }
}
