// Builds static/dist: the style sheet (Tabler purged of what no page uses, with ours over it), the script, the fonts cut
// down to what people here read, each under a name that holds its hash, with .br and .gz beside it, and manifest.json.
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

// emit writes a built file under a hashed name and returns its address.
function emit(name, bytes) {
  const extension = extname(name);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const file = `${name.slice(0, -extension.length)}-${hash}${extension}`;
  writeFileSync(join(dist, file), bytes);
  if (extension !== ".woff2") {
    const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
    writeFileSync(join(dist, `${file}.br`), brotliCompressSync(bytes, quality));
    writeFileSync(join(dist, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  }
  const integrity = `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
  manifest[name] = { url: prefix + file, integrity };
  return prefix + file;
}

const characters = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i)).join("");
const basic = characters(0x20, 0x7e) + "\u00a0·×–—‘’“”•…→";
const latin1 = characters(0xa1, 0xff).replace(/[·×]/g, "") + "ŒœŠšŽžŸƒˆ˜‚„†‡‰‹›€™";
const unicodeRange = (text) => [...text].map((c) => `U+${c.codePointAt(0).toString(16)}`).join(",");

// Every page loads the basic part of a font; the other parts are fetched where a text needs them. Ligatures are left out:
// "->" in a value must look like what it is.
async function fonts() {
  const inter = (part) => `@fontsource-variable/inter/files/inter-${part}-wght-normal.woff2`;
  const axes = { wght: { min: 400, max: 700 } };
  const plan = [
    { name: "inter.woff2", family: "Inter", weight: "400 700", file: inter("latin"), text: basic, axes, features: ["kern", "tnum"] },
    { name: "inter-latin-1.woff2", family: "Inter", weight: "400 700", file: inter("latin"), text: latin1, axes, features: ["kern"] },
    { name: "inter-latin-ext.woff2", family: "Inter", weight: "400 700", file: inter("latin-ext"), text: characters(0x100, 0x17f).replace(/[ŒœŠšŽžŸ]/g, "") + "ȘșȚțẞ", axes, features: ["kern"] },
    { name: "mono.woff2", family: "JetBrains Mono", weight: "400", file: "@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-normal.woff2", text: basic, features: [] },
  ];
  const faces = [];
  for (const { name, family, weight, file, text, axes: variationAxes, features: keepFeatures } of plan) {
    const whole = readFileSync(join(root, "node_modules", file));
    const url = emit(name, await subsetFont(whole, text, { targetFormat: "woff2", variationAxes, keepFeatures }));
    faces.push(`@font-face{font-family:"${family}";font-style:normal;font-weight:${weight};font-display:swap;src:url("${url}") format("woff2");unicode-range:${unicodeRange(text)}}`);
  }
  return faces.join("\n");
}

// templates are all that may name a class or an element: the pages, the Go beside them, and our script.
function templates() {
  const below = (folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, name)).sort();
  const pages = below(join(root, "views")).filter((name) => /\.templ$|(?<!_templ|_test)\.go$/.test(name));
  return [...pages, ...below(join(here, "js"))];
}

async function style(faces) {
  const bundled = await build({
    entryPoints: [join(here, "css", "switchboard.css")],
    bundle: true,
    write: false,
    target,
    nodePaths: [join(root, "node_modules")],
    external: ["data:*"],
    logLevel: "warning",
  });
  const [{ css }] = await new PurgeCSS().purge({
    content: templates().map((name) => ({ raw: readFileSync(name, "utf8"), extension: "html" })),
    css: [{ raw: bundled.outputFiles[0].text }],
    defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+/g) ?? [],
    safelist: { standard: [/^tone-/, /^htmx-/], greedy: [/data-bs-theme/] },
    variables: true,
  });
  const { code } = await transform(`${faces}\n${css}`, { loader: "css", minify: true, target });
  return Buffer.from(code);
}

async function script() {
  const bundled = await build({
    entryPoints: [join(here, "js", "app.js")],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    target,
    nodePaths: [join(root, "node_modules")],
    legalComments: "none",
    logLevel: "warning",
  });
  return Buffer.from(bundled.outputFiles[0].contents);
}

mkdirSync(dist, { recursive: true });
for (const name of readdirSync(dist)) if (name !== ".gitkeep") rmSync(join(dist, name), { recursive: true });

emit("switchboard.css", await style(await fonts()));
emit("switchboard.js", await script());
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
