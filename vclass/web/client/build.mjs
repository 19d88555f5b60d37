// Bundles the client: node build.mjs [FOLDER]. Names carry a hash of their content; manifest.json maps
// "page.js" to the name it got. The server reads the manifest; a browser may keep the files for ever.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";

const folder = process.argv[2] ?? "../static/dist";

const { metafile } = await build({
  entryPoints: ["src/page.ts", "src/join.tsx", "src/connection.tsx", "src/classroom.tsx"],
  outdir: folder,
  entryNames: "[name]-[hash]",
  bundle: true,
  format: "esm",
  minify: true,
  charset: "utf8",
  legalComments: "none",
  target: ["chrome120", "firefox128", "safari17"],
  jsx: "automatic",
  jsxImportSource: "preact",
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [file, output] of Object.entries(metafile.outputs)) {
  if (output.entryPoint) {
    manifest[basename(output.entryPoint).replace(/\.tsx?$/, ".js")] = basename(file);
  }
}
await writeFile(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);

const packages = new Set(
  Object.keys(metafile.inputs).flatMap((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []),
);
const notices = [...packages].sort().map(async (name) => {
  const files = (await readdir(join("node_modules", name))).filter((file) => /^licen[cs]e/i.test(file));
  const texts = await Promise.all(files.map((file) => readFile(join("node_modules", name, file), "utf8")));
  return `${name}\n\n${texts.join("\n").trim()}\n`;
});
await writeFile(join(folder, "LICENSES.txt"), (await Promise.all(notices)).join("\n\n"));
