//! Settings: which layer wins, what is refused and how it is said, what is shown.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use kith_servicekit::config::{Config, Flags, LogFormat, Origin};
use kith_servicekit::private_file;
use tempfile::TempDir;

fn file(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kith.toml");
    std::fs::write(&path, text).expect("written");
    (folder, path)
}

fn environment(variables: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    let pairs = variables.iter();
    pairs
        .map(|(name, value)| (name.into(), value.into()))
        .collect()
}

fn from_file(path: &Path) -> Flags {
    Flags::new().config(Some(path.to_owned()))
}

fn from_environment(variables: &[(&str, &str)]) -> Result<Config, String> {
    Config::layered(Flags::new(), environment(variables)).map_err(|error| error.to_string())
}

#[test]
fn flags_win_over_the_environment_which_wins_over_the_file_which_wins_over_defaults() {
    let (_folder, path) = file("shards = 4\nreplicas = 3\n\nlog_format = \"json\"\n");
    let flags = from_file(&path).set("shards", Some("16"));
    let config = Config::layered(
        flags,
        environment(&[("KITH_SHARDS", "2"), ("KITH_REPLICAS", "5")]),
    );
    let config = config.unwrap();
    assert_eq!((config.shards, config.replicas), (16, 5));
    assert_eq!(config.log_format, LogFormat::Json);
    assert_eq!(config.listen.to_string(), "127.0.0.1:7400");
    assert_eq!(config.origin("shards"), Origin::Flag("--shards".to_owned()));
    assert_eq!(
        config.origin("replicas"),
        Origin::Environment("KITH_REPLICAS".to_owned())
    );
    assert_eq!(config.origin("log_format"), Origin::File(path, 4));
    assert_eq!(config.origin("listen"), Origin::Default);
}

#[test]
fn kith_config_names_the_file_and_the_flag_wins_over_it() {
    let (_a, one) = file("shards = 1");
    let (_b, two) = file("shards = 2");
    let variables = environment(&[("KITH_CONFIG", one.to_str().unwrap())]);
    assert_eq!(
        Config::layered(Flags::new(), variables.clone())
            .unwrap()
            .shards,
        1
    );
    assert_eq!(
        Config::layered(from_file(&two), variables).unwrap().shards,
        2
    );
}

#[test]
fn unknown_keys_are_refused_wherever_they_stand_and_all_at_once() {
    let (_folder, path) = file("\ncolour = \"blue\"\n[section]\nshards = 1\n");
    let flags = from_file(&path).set("speed", Some("high"));
    let error = Config::layered(flags, environment(&[("KITH_LISTEN_PORT", "7400")]));
    let told = error.unwrap_err().to_string();
    let file = path.display();
    for complaint in [
        format!("`colour` ({file} line 2) is not a setting"),
        format!("`section` ({file} line 3) is not a setting"),
        "`listen_port` (environment KITH_LISTEN_PORT) is not a setting".to_owned(),
        "`speed` (flag --speed) is not a setting".to_owned(),
    ] {
        assert!(told.contains(&complaint), "{complaint} in {told}");
    }
}

#[test]
fn variables_of_the_command_line_the_tests_and_kubernetes_are_left_alone() {
    let config = from_environment(&[
        ("KITH_SERVER", "http://localhost:7400"),
        ("KITH_KEY_FILE", "admin.key"),
        ("KITH_SEEDS", "1"),
        ("KITH_BARS_DATA", "data"),
        ("KITH_NATS_SERVER", "nats-server"),
        ("KITH_TEST_POSTGRES", "x"),
        ("KITH_SERVICE_HOST", "10.0.0.1"),
        ("KITH_SERVICE_PORT_GRPC", "7400"),
        ("KITH_PORT", "tcp://10.0.0.1:7400"),
        ("KITH_API_PORT_7400_TCP_ADDR", "10.0.0.1"),
        ("KITH_SHARDS", ""),
        ("PATH", "/bin"),
    ]);
    assert_eq!(config.unwrap().shards, 8);
}

#[test]
fn programs_on_this_machine_are_told_how_to_reach_the_server() {
    let url = |listen: &str, more: &[(&str, &str)]| {
        let tls = [("KITH_TLS_CERT", "c.pem"), ("KITH_TLS_KEY", "k.pem")];
        let all = [&[("KITH_LISTEN", listen)], more].concat();
        let plain = from_environment(&all).map(|config| config.local_url(config.listen));
        let sealed = from_environment(&[&tls, all.as_slice()].concat()).unwrap();
        (plain, sealed.local_url(sealed.listen))
    };
    let (plain, sealed) = url("0.0.0.0:7400", &[]);
    assert_eq!(plain.unwrap(), "http://127.0.0.1:7400");
    assert_eq!(sealed, "https://localhost:7400");
    assert_eq!(url("10.0.0.1:7400", &[]).1, "https://10.0.0.1:7400");
    let (refused, named) = url("0.0.0.0:7400", &[("KITH_TLS_NAME", "kith.x.org")]);
    assert!(refused.unwrap_err().contains("`tls_name`"));
    assert_eq!(named, "https://kith.x.org:7400");
}

#[test]
fn a_wrong_value_is_told_with_its_key_and_its_source() {
    let told = from_environment(&[
        ("KITH_LISTEN", "localhost"),
        ("KITH_INSECURE_LISTEN", "maybe"),
        ("KITH_REPLICAS", "2"),
        ("KITH_SHARDS", "-1"),
        ("KITH_LOG_LEVEL", "info,kith=loud"),
        ("KITH_LOG_FORMAT", "xml"),
        ("KITH_TLS_CERT", "server.pem"),
    ]);
    let told = told.unwrap_err();
    for complaint in [
        "`listen` (environment KITH_LISTEN) must be an address and a port",
        "`insecure_listen` (environment KITH_INSECURE_LISTEN) must be true or false, not maybe",
        "`replicas` (environment KITH_REPLICAS) must be 1, 3 or 5",
        "`shards` (environment KITH_SHARDS) must be a whole number",
        "`log_level` (environment KITH_LOG_LEVEL) must be a level or directives",
        "`log_format` (environment KITH_LOG_FORMAT) must be text or json, not xml",
        "`tls_cert` (environment KITH_TLS_CERT) needs `tls_key` too",
    ] {
        assert!(told.contains(complaint), "{complaint} in {told}");
    }
    let (_folder, path) = file("shards = 1.5\nlisten = [1]\n");
    let told = Config::layered(from_file(&path), [])
        .unwrap_err()
        .to_string();
    assert_eq!(
        told.matches("must be a string, a whole number, or true or false")
            .count(),
        2
    );
}

#[test]
fn no_complaint_quotes_a_secret() {
    let told = from_environment(&[("KITH_DATABASE_URL", "hunter2")]).unwrap_err();
    assert!(!told.contains("hunter2"), "{told}");
    let (_folder, path) = file("shards = 1\ndatabase_url = postgres://kith:hunter2@db/kith\n");
    let told = Config::layered(from_file(&path), [])
        .unwrap_err()
        .to_string();
    assert!(
        told.contains("line 2") && !told.contains("hunter2"),
        "{told}"
    );
}

#[test]
fn passwords_and_tokens_are_masked_wherever_a_configuration_is_shown() {
    let config = |url| from_environment(&[("KITH_DATABASE_URL", url)]).unwrap();
    for (url, shown) in [
        (
            "postgres://kith:hunter2@db:5432/kith",
            "postgres://kith:***@db:5432/kith",
        ),
        ("nats://hunter2@nats:4222", "nats://***@nats:4222"),
        (
            "postgres://db/kith?password=hunter2",
            "postgres://db/kith?***",
        ),
        (
            "postgres://db:5432/kith?password=a@hunter2",
            "postgres://***",
        ),
        ("postgres://kith:a/b?c@hunter2@db/kith", "postgres://***"),
        (
            "postgres://kith:a:hunter2@db/kith",
            "postgres://kith:***@db/kith",
        ),
        ("postgres://db/kith", "postgres://db/kith"),
    ] {
        let config = config(url);
        assert!(
            config
                .render()
                .contains(&format!("database_url = \"{shown}\"")),
            "{url}"
        );
        assert!(!format!("{config:?}").contains("hunter2"), "{url}");
        assert_eq!(config.database().unwrap().unwrap().expose(), url);
    }
}

#[test]
fn what_is_rendered_reads_back_as_the_same_configuration() {
    let flags = Flags::new()
        .set("listen", Some("[::1]:0"))
        .set("data_dir", Some("/srv/a \"quoted\\\" folder\n"))
        .set("insecure_listen", Some("true"))
        .set("log_level", Some("warn,kith_api=debug"));
    let config = Config::layered(flags, []).unwrap();
    let rendered = config.render();
    assert!(
        rendered.contains("insecure_listen = true # flag --insecure-listen\n"),
        "{rendered}"
    );
    assert!(rendered.contains("shards = 8 # default\n"), "{rendered}");
    assert!(rendered.contains("# nats_url is not set\n"), "{rendered}");
    let (_folder, path) = file(&rendered);
    let again = Config::layered(from_file(&path), []).unwrap();
    assert_eq!(again.data_dir, config.data_dir);
    let without_origins = |config: &Config| {
        let lines = config.render();
        let values = lines
            .lines()
            .map(|line| line.rsplit_once(" # ").map_or(line, |(value, _)| value));
        values.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(without_origins(&again), without_origins(&config));
}

#[test]
fn data_lies_where_the_xdg_specification_says() {
    let data_dir = |variables: &[_]| from_environment(variables).unwrap().data_dir;
    assert_eq!(
        data_dir(&[("HOME", "/home/ana")]),
        Path::new("/home/ana/.local/share/kith")
    );
    let xdg = [("HOME", "/home/ana"), ("XDG_DATA_HOME", "/data")];
    assert_eq!(data_dir(&xdg), Path::new("/data/kith"));
    assert_eq!(data_dir(&[]), Path::new("kith-data"));
    let own = [("HOME", "/home/ana"), ("KITH_DATA_DIR", "here")];
    assert_eq!(data_dir(&own), Path::new("here"));
}

#[test]
fn an_address_that_others_reach_needs_a_certificate_or_an_explicit_yes() {
    let checked = |variables: &[_]| {
        let config = from_environment(variables).unwrap();
        config.check_listen().map_err(|error| error.to_string())
    };
    for local in ["127.0.0.1:0", "[::1]:0", "[::ffff:127.0.0.1]:0"] {
        assert_eq!(checked(&[("KITH_LISTEN", local)]), Ok(()));
    }
    for open in ["0.0.0.0:0", "[::]:0", "10.0.0.1:0"] {
        let told = checked(&[("KITH_LISTEN", open)]).unwrap_err();
        assert!(
            told.contains(open) && told.contains("--insecure-listen"),
            "{told}"
        );
        assert_eq!(
            checked(&[("KITH_LISTEN", open), ("KITH_INSECURE_LISTEN", "true")]),
            Ok(())
        );
        let tls = [
            ("KITH_LISTEN", open),
            ("KITH_TLS_CERT", "c"),
            ("KITH_TLS_KEY", "k"),
        ];
        assert_eq!(checked(&tls), Ok(()));
    }
}

#[test]
fn secrets_can_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let (url, key) = (folder.path().join("url"), folder.path().join("key"));
    std::fs::write(&url, "postgres://kith:hunter2@db/kith\n").unwrap();
    private_file::create(&key, &"0f".repeat(32)).unwrap();
    let flags = Flags::new()
        .set("database_url_file", url.to_str())
        .set("master_key_file", key.to_str());
    let config = Config::layered(flags.clone(), []).unwrap();
    let database = config.database().unwrap().unwrap();
    assert_eq!(database.expose(), "postgres://kith:hunter2@db/kith");
    assert_eq!(config.master_key().unwrap().as_bytes(), &[0x0f; 32]);
    let both = Config::layered(flags.set("database_url", Some("postgres://db")), []);
    assert!(both.unwrap_err().to_string().contains("keep one of them"));
}
