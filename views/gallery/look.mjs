// Looks at the gallery with Chromium: a picture of every page in both lights and on a phone, and axe's findings.
//
//   SWITCHBOARD_GALLERY=/tmp/gallery go test ./views/gallery && node views/gallery/look.mjs /tmp/gallery [NAME...]
//
// The pages are served under the product's own content security policy, with the files of static/dist.
import { createServer } from "node:http";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [folder, ...wanted] = process.argv.slice(2);
const root = new URL("../../", import.meta.url).pathname;
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";
const types = { css: "text/css", js: "text/javascript", woff2: "font/woff2", svg: "image/svg+xml", html: "text/html; charset=utf-8" };

const server = createServer((request, answer) => {
  const path = new URL(request.url, "http://x").pathname;
  const file = path.startsWith("/static/") ? join(root, "static/dist", path.slice(8)) : join(folder, path);
  try {
    const body = readFileSync(file);
    answer.writeHead(200, { "Content-Type": types[file.split(".").pop()], "Content-Security-Policy": policy });
    answer.end(body);
  } catch {
    answer.writeHead(404).end();
  }
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));

const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const looks = [
  { name: "light", colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  { name: "phone", colorScheme: "light", viewport: { width: 390, height: 844 } },
];
const pictures = join(folder, "pictures");
mkdirSync(pictures, { recursive: true });
const names = readdirSync(folder).filter((name) => name.endsWith(".html")).map((name) => name.slice(0, -5));
let faults = 0;
const report = (...words) => (faults++, console.log(...words));

for (const { name: look, ...options } of looks) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && !/404/.test(message.text()) && report(page.url(), message.text()));
  page.on("pageerror", (error) => report(page.url(), error.message));
  for (const name of names.filter((name) => !wanted.length || wanted.includes(name))) {
    await page.goto(`http://127.0.0.1:${server.address().port}/${name}.html`);
    await page.evaluate(() => document.fonts.ready);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) report(name, look, `is ${wide} px wider than the window`);
    await page.screenshot({ path: join(pictures, `${name}-${look}.png`), fullPage: true });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    for (const { id, help, nodes } of violations) report(name, look, id, help, nodes.map((node) => node.target.join(" ")).slice(0, 3));
  }
  await context.close();
}
await browser.close();
server.close();
process.exitCode = faults ? 1 : 0;
