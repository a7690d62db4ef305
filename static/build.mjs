// Builds static/dist: the style sheet, the script, and the fonts cut down to what people here read, each under a name that
// holds its hash, with .br and .gz beside it, and manifest.json.
// The same sources give the same bytes. Run it after `npm ci --ignore-scripts`.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { PurgeCSS } from "purgecss";
import subsetFont from "subset-font";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const dist = join(here, "dist");
const prefix = "/static/";
const manifest = {};

// Older browsers than these have neither light-dark() nor popovers.
const target = ["chrome125", "firefox128", "safari17.5"];

const written = new Set([".gitkeep"]);

function write(file, bytes) {
  written.add(file);
  writeFileSync(join(dist, file), bytes);
}

// emit writes a built file under a hashed name and returns its address.
function emit(name, bytes) {
  const extension = extname(name);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8);
  const file = `${name.slice(0, -extension.length)}-${hash}${extension}`;
  write(file, bytes);
  if (extension !== ".woff2") {
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
    write(`${file}.br`, brotliCompressSync(bytes, quality));
    write(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  }
  const integrity = `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
  manifest[name] = { url: prefix + file, integrity };
  return prefix + file;
}

const characters = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join("");
const basic = characters(0x20, 0x7e) + "\u00a0·×–—‘’“”•…→";
// letters of names in Western Europe, then what else the code page has
const western = "ÀÁÂÃÄÅÆÇÈÉÊËÍÎÏÑÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëíîïñóôõöøùúûü";
const latin1 = [...characters(0xa1, 0xff)].filter((letter) => !(basic + western).includes(letter)).join("") + "ŒœŠšŽžŸƒˆ˜‚„†‡‰‹›€™";

// unicodeRange names the characters of a text as @font-face wants them, neighbours as one range.
function unicodeRange(text) {
  const points = [...text].map((c) => c.codePointAt(0)).sort((a, b) => a - b);
  const ranges = [];
  for (const point of points) {
    const last = ranges.at(-1);
    if (last && point === last[1] + 1) last[1] = point;
    else ranges.push([point, point]);
  }
  return ranges.map(([from, to]) => `U+${from.toString(16)}${to > from ? `-${to.toString(16)}` : ""}`).join(",");
}

// Every page loads the basic part of a font; the other parts are fetched where a text needs them. One that comes late is for the next
// page, so that nothing moves under who reads. Ligatures are left out: "->" in a value must look like what it is.
async function fonts() {
  const inter = (part) => `@fontsource-variable/inter/files/inter-${part}-wght-normal.woff2`;
  const axes = { wght: { min: 400, max: 700 } };
  const plan = [
    { name: "inter.woff2", family: "Inter", weight: "400 700", file: inter("latin"), text: basic, axes, features: ["kern", "tnum"] },
    { name: "inter-western.woff2", family: "Inter", weight: "400 700", file: inter("latin"), text: western, axes, features: ["kern"] },
    { name: "inter-latin-1.woff2", family: "Inter", weight: "400 700", file: inter("latin"), text: latin1, axes, features: ["kern"] },
    { name: "inter-latin-ext.woff2", family: "Inter", weight: "400 700", file: inter("latin-ext"), text: characters(0x100, 0x17f).replace(/[ŒœŠšŽžŸ]/g, "") + "ȘșȚțẞ", axes, features: ["kern"] },
    { name: "mono.woff2", family: "JetBrains Mono", weight: "400", file: "@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-normal.woff2", text: basic, features: [] },
  ];
  const faces = [];
  for (const { name, family, weight, file, text, axes: variationAxes, features: keepFeatures } of plan) {
    const whole = readFileSync(join(root, "node_modules", file));
    const url = emit(name, await subsetFont(whole, text, { targetFormat: "woff2", variationAxes, keepFeatures }));
    faces.push(`@font-face{font-family:"${family}";font-style:normal;font-weight:${weight};font-display:optional;src:url("${url}") format("woff2");unicode-range:${unicodeRange(text)}}`);
  }
  return faces.join("\n");
}

// below lists a folder's files that match, always in the same order.
function below(folder, pattern) {
  return readdirSync(folder, { recursive: true }).filter((name) => pattern.test(name)).sort().map((name) => join(folder, name));
}

const words = (text) => text.match(/[A-Za-z0-9_-]+/g) ?? [];
const sources = (names) => names.map((name) => ({ raw: readFileSync(name, "utf8"), extension: "html" }));

// ours is a style sheet without the rules that no page, no Go beside it and no script names any more; tests are no pages.
async function ours(name) {
  const bundled = await build({ entryPoints: [join(here, "css", name)], bundle: true, write: false, target, logLevel: "warning" });
  const [{ css }] = await new PurgeCSS().purge({
    content: sources([...below(join(root, "views"), /^(?!viewstest\/).*(\.templ|(?<!_templ|_test)\.go)$/), ...below(join(here, "js"), /\.js$/)]),
    css: [{ raw: bundled.outputFiles[0].text }],
    defaultExtractor: words,
    safelist: { standard: [/^tone-/, /^tab-/, /^htmx-/], greedy: [/data-bs-theme/, /data-label/] },
  });
  return css;
}

async function style(name, faces = "") {
  const { code } = await transform(`${faces}\n${await ours(name)}`, { loader: "css", minify: true, target });
  return Buffer.from(code);
}

// What evaluates text from attributes is left out of htmx: the content security policy refuses it, and no page has it.
const evaluates = ["#apiMethods", "#executeJavaScript", "#handleHxOnAttributes", "#extractJavascriptContent"];
const withoutEval = {
  name: "without-eval",
  setup: ({ onLoad }) =>
    onLoad({ filter: /htmx\.esm\.js$/ }, ({ path }) => {
      let contents = readFileSync(path, "utf8");
      for (const name of evaluates) {
        const method = new RegExp(`\n        ${name}\\(.*\\) \\{\n[^]*?\n        \\}\n`).exec(contents)?.[0];
        if (!method) throw new Error(`${path} has no method ${name}`);
        contents = contents.replace(method, () => `\n        ${name}() {}\n`);
      }
      return { contents };
    }),
};

async function script(name, ...plugins) {
  const bundled = await build({
    entryPoints: [join(here, "js", name)],
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    target,
    nodePaths: [join(root, "node_modules")],
    legalComments: "none",
    plugins,
    logLevel: "warning",
  });
  return Buffer.from(bundled.outputFiles[0].contents);
}

// sharing has a script take from the one at that address what both have: a second copy would know nothing of the first's forms.
const sharing = (address) => ({
  name: "sharing",
  setup: ({ onResolve }) => onResolve({ filter: /\/(announce|busy|forget|guard|shortcut|stream)\.js$/ }, () => ({ path: address, external: true })),
});

mkdirSync(dist, { recursive: true });
emit("switchboard.css", await style("switchboard.css", await fonts()));
emit("list.css", await style("list.css"));
emit("more.css", await style("more.css"));
const common = sharing(emit("switchboard.js", await script("app.js")));
emit("htmx.js", await script("htmx.js", common, withoutEval));
emit("more.js", await script("more.js", common));
emit("icons.svg", readFileSync(join(here, "icons.svg")));
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
write("manifest.json", `${JSON.stringify(sorted, null, 2)}\n`);
// Only now: a program that is compiled meanwhile finds either the old files or the new ones.
for (const name of readdirSync(dist)) if (!written.has(name)) rmSync(join(dist, name), { recursive: true });
