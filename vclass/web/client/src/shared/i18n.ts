// English is the key; the server sends the map of the page's language. Babel's JavaScript extractor finds
// t(...) and tn(...) in the sources, so both take literal strings only.

export type Texts = Readonly<Record<string, string | readonly string[]>>;

type Values = Readonly<Record<string, string | number>>;

// The order in which gettext counts plural forms is the order of these CLDR names.
const PLURALS = ["zero", "one", "two", "few", "many", "other"];

let texts: Texts = {};
let plural = new Intl.PluralRules("en");

/** Sets the language and its texts for the whole page. */
export function translate(language: string, translations: Texts): void {
  texts = translations;
  plural = new Intl.PluralRules(language);
}

/** The text in the page's language, with `{name}` replaced by `values.name`. */
export function t(message: string, values: Values = {}): string {
  const found = texts[message];
  return fill(typeof found === "string" && found !== "" ? found : message, values);
}

/** Like `t`, in the form for the count `n`, which is also the value of `{n}`. */
export function tn(one: string, many: string, n: number, values: Values = {}): string {
  const forms = texts[one];
  const form = Array.isArray(forms) && forms.length > 0 ? forms[formIndex(n, forms.length)] : undefined;
  return fill(form || (n === 1 ? one : many), { n, ...values });
}

function formIndex(n: number, count: number): number {
  const used = PLURALS.filter((name) => plural.resolvedOptions().pluralCategories.includes(name as Intl.LDMLPluralRule));
  return Math.min(used.indexOf(plural.select(n)), count - 1);
}

function fill(message: string, values: Values): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
