//! Where somebody works, as far as a name of a company or a mail domain says so.

use strsim::osa_distance;

use crate::text::folded;

/// Mail domains at which anybody can have an address: the same one says nothing.
const PUBLIC: [&str; 40] = [
    "126.com",
    "163.com",
    "aol.com",
    "bluewin.ch",
    "btinternet.com",
    "comcast.net",
    "fastmail.com",
    "free.fr",
    "freenet.de",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.fr",
    "icloud.com",
    "laposte.net",
    "libero.it",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "t-online.de",
    "web.de",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yandex.ru",
];

/// Whether everybody can have an address at this domain.
pub(crate) fn is_public(domain: &str) -> bool {
    PUBLIC.binary_search(&domain).is_ok()
}

/// How companies end that add nothing to their name, without dots and accents, in the order of the alphabet.
const FORMS: [&str; 44] = [
    "ab",
    "ag",
    "aps",
    "as",
    "asa",
    "bv",
    "bvba",
    "co",
    "corp",
    "corporation",
    "cv",
    "eg",
    "ev",
    "gmbh",
    "group",
    "holding",
    "holdings",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "kgaa",
    "lda",
    "limited",
    "llc",
    "llp",
    "ltd",
    "ltda",
    "nv",
    "ohg",
    "oy",
    "oyj",
    "plc",
    "pty",
    "sa",
    "sarl",
    "sas",
    "se",
    "sl",
    "spa",
    "spzoo",
    "srl",
    "sro",
    "ug",
];

/// From how many letters on two slips of the pen are believed, instead of one.
const LONG: usize = 8;

/// A company by its name: without case, accents, spaces, punctuation and legal form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Company(String);

impl Company {
    /// By this name. `None` if nothing is left of it.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let folded = folded(name);
        let words: Vec<String> = folded
            .split(|c: char| c.is_whitespace() || "-,/&()".contains(c))
            .map(|word| word.chars().filter(|c| c.is_alphanumeric()).collect())
            .filter(|word: &String| !word.is_empty())
            .collect();
        let mut kept = words.len();
        while kept > 1 {
            kept = match &words[..kept] {
                // Poland's own is of three words.
                [.., sp, z, oo] if sp == "sp" && z == "z" && oo == "oo" && kept > 3 => kept - 3,
                [.., last] if FORMS.binary_search(&last.as_str()).is_ok() => kept - 1,
                _ => break,
            };
        }
        let name = words[..kept].concat();
        (!name.is_empty()).then_some(Self(name))
    }

    /// The one whose name a mail domain is, if it can be one's: of `mail.windfarm.example` `windfarm`.
    pub(crate) fn of_domain(domain: &str) -> Option<Self> {
        let (rest, _) = domain.rsplit_once('.')?;
        let label = rest.rsplit('.').next()?;
        (!is_public(domain)).then(|| Self::of(label)).flatten()
    }

    /// The name that is compared.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a slip of the pen lies between two names, or none.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let (one, other) = (&self.0, &other.0);
        let shorter = one.chars().count().min(other.chars().count());
        let slips = if shorter >= LONG { 2 } else { 1 };
        one == other
            || shorter >= 4
                && one.len().abs_diff(other.len()) <= 4 * slips
                && osa_distance(one, other) <= slips
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn company(name: &str) -> Company {
        Company::of(name).unwrap()
    }

    #[test]
    fn what_is_looked_up_is_in_order() {
        assert!(PUBLIC.is_sorted());
        assert!(FORMS.is_sorted());
    }

    #[test]
    fn a_legal_form_case_and_accents_add_nothing() {
        for name in [
            "Mendès Partners",
            "MENDES PARTNERS S.A.",
            "Mendes-Partners Sp. z o.o.",
            "Mendès Partners GmbH & Co. KG",
            "mendès partners, Inc.",
        ] {
            assert_eq!(company(name).as_str(), "mendespartners", "{name}");
        }
        assert_eq!(company("AG").as_str(), "ag", "a name by itself stays");
        assert_eq!(company("O'Brien").as_str(), "obrien");
        assert_eq!(Company::of(" & "), None);
    }

    #[test]
    fn a_slip_of_the_pen_is_believed_and_another_name_is_not() {
        assert!(company("Silcedo").is_like(&company("Salcedo")));
        assert!(company("Wind Frm Porto").is_like(&company("Windfarm Porto")));
        assert!(!company("Shell").is_like(&company("Stall")));
        assert!(
            !company("BMW").is_like(&company("BMV")),
            "too short to tell"
        );
        assert!(!company("Moll").is_like(&company("Moll Energy")));
    }

    #[test]
    fn a_mail_domain_names_a_company_unless_everybody_can_have_it() {
        assert_eq!(
            Company::of_domain("windfarm.example"),
            Company::of("Windfarm")
        );
        assert_eq!(
            Company::of_domain("mail.windfarm.example"),
            Company::of("Windfarm")
        );
        assert_eq!(Company::of_domain("gmail.com"), None);
        assert_eq!(Company::of_domain("localhost"), None);
    }
}
