// SPDX-License-Identifier: GPL-3.0-or-later
// drive - Chromium looks at pages as people do: `drive.js` reads a plan (JSON) from standard input and prints one JSON line a look.
// What:  each page is opened with scripts and without, on a telephone and on a desk, in the dark and as a print. A look reports what is
//        wrong: a wide page, an error of the console, a request to another host, a page too large, what axe finds serious.
// Keeps: nothing leaves this host (every other request is refused and reported); screenshots are for people and are compared with nothing.
// Not here: what a page should say (tests/browser/pages.py has the words).
'use strict';
const fs = require('fs');
const path = require('path');

const modules = process.env.HELPLINED_BROWSER_MODULES;
const { chromium } = require(path.join(modules, 'playwright-core'));
const axe = fs.readFileSync(path.join(modules, 'axe-core', 'axe.min.js'), 'utf8');
const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';
const PAGE_MAX = 60 * 1024;
const PATIENCE_MS = 60000;
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--font-render-hinting=none'];
const VARIANTS = [
  { name: 'phone', width: 360, height: 740, script: true, isMobile: true },
  { name: 'phone-noscript', width: 360, height: 740, script: false, isMobile: true },
  { name: 'desk', width: 1280, height: 900, script: true },
  { name: 'desk-noscript', width: 1280, height: 900, script: false },
  { name: 'night', width: 1280, height: 900, script: true, scheme: 'dark' },
  { name: 'print', width: 794, height: 1123, script: true, media: 'print' },
];

function report(page, variant, problems) {
  process.stdout.write(JSON.stringify({ page, variant, problems }) + '\n');
}

async function open(browser, plan, variant) {
  const context = await browser.newContext({
    viewport: { width: variant.width, height: variant.height },
    javaScriptEnabled: variant.script,
    isMobile: Boolean(variant.isMobile),
    colorScheme: variant.scheme || 'light',
    reducedMotion: 'reduce',
    storageState: plan.state,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const foreign = [];
  await context.route('**/*', (route) => {
    if (route.request().url().startsWith(plan.base + '/')) return route.continue();
    foreign.push(route.request().url());
    return route.abort();
  });
  return { context, foreign };
}

async function findSerious(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return result.violations
    .filter((found) => found.impact === 'serious' || found.impact === 'critical')
    .map((found) => `axe: ${found.id}: ${found.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(', ')}`);
}

async function look(tab, plan, wanted, variant, foreign) {
  const problems = [];
  const listen = (message) => { if (message.type() === 'error') problems.push('console: ' + message.text()); };
  if (wanted.status === 200) tab.on('console', listen);
  foreign.length = 0;
  const answer = await tab.goto(plan.base + wanted.path, { waitUntil: 'load' });
  const body = await answer.body();
  if (answer.status() !== wanted.status) problems.push(`status ${answer.status()}, wanted ${wanted.status}`);
  if (body.length > PAGE_MAX) problems.push(`${body.length} bytes`);
  if (variant.media) await tab.emulateMedia({ media: variant.media, colorScheme: 'light' });
  const text = await tab.locator('body').innerText();
  for (const word of wanted.words) {
    if (variant.media !== 'print' && !text.includes(word)) problems.push(`does not say ${JSON.stringify(word)}`);
  }
  for (const word of wanted.never) if (text.includes(word)) problems.push('says what it should not');
  if (variant.script) {
    const wide = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0 && !variant.media) problems.push(`${wide} px too wide`);
    if (!variant.media) problems.push(...await findSerious(tab));
    await tab.screenshot({ path: path.join(plan.shots, `${wanted.name}-${variant.name}.png`), fullPage: true, animations: 'disabled' });
  }
  tab.off('console', listen);
  for (const url of foreign) problems.push('asked another host: ' + url);
  return problems;
}

// Signs in or acts as a person does: fields are filled by their names, then a button is pressed.
async function act(tab, plan, step) {
  if (step.path) await tab.goto(plan.base + step.path, { waitUntil: 'load' });
  const form = step.form ? tab.locator(step.form).first() : tab.locator('form').first();
  const details = form.locator('xpath=ancestor::details[not(@open)]');
  while (await details.count()) await details.first().locator('> summary').click();
  for (const [name, value] of Object.entries(step.fields || {})) {
    const field = form.locator(`[name="${name}"]`);
    const tag = await field.first().evaluate((node) => node.tagName + ':' + (node.type || ''));
    if (tag.startsWith('SELECT')) await field.selectOption(value);
    else if (tag === 'INPUT:checkbox' || tag === 'INPUT:radio') await form.locator(`[name="${name}"][value="${value}"]`).check();
    else await field.fill(value);
  }
  const button = step.button ? form.getByRole('button', { name: step.button }) : form.locator('button').first();
  await Promise.all([tab.waitForLoadState('load'), button.first().click()]);
  const text = await tab.locator('body').innerText();
  return (step.words || []).filter((word) => !text.includes(word)).map((word) => `does not say ${JSON.stringify(word)}`);
}

async function main() {
  const plan = JSON.parse(fs.readFileSync(0, 'utf8'));
  fs.mkdirSync(plan.shots, { recursive: true });
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS, headless: true });
  try {
    if (plan.signin) {
      const { context } = await open(browser, plan, { width: 1280, height: 900, script: false });
      const tab = await context.newPage();
      for (const step of plan.signin) report('signing in', step.name, await act(tab, plan, step));
      plan.state = await context.storageState();
      await context.close();
    }
    for (const variant of plan.pages.length ? VARIANTS : []) {
      const { context, foreign } = await open(browser, plan, variant);
      const tab = await context.newPage();
      for (const wanted of plan.pages) report(wanted.name, variant.name, await look(tab, plan, wanted, variant, foreign));
      await context.close();
    }
    for (const story of plan.stories || []) {
      const { context } = await open(browser, plan, { width: 360, height: 740, script: false });
      const tab = await context.newPage();
      for (const step of story.steps) report(story.name, step.name, await act(tab, plan, step));
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

main().catch((error) => {
  report('the browser', 'failed', [String(error && error.stack || error)]);
  process.exitCode = 1;
});
