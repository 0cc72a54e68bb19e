/**
 * What people write who want a moderator's browser to run it: by technique, after the public lists of OWASP (XSS Filter
 * Evasion Cheat Sheet) and PortSwigger (Cross-site scripting cheat sheet). Each would set `window.ran` if it ran.
 */
const run = 'window.ran=1'
const tags = [
  'a',
  'b',
  'body',
  'button',
  'details',
  'div',
  'iframe',
  'img',
  'input',
  'marquee',
  'math',
  'object',
  'svg',
  'video',
]
const events = ['onerror', 'onload', 'onfocus', 'onmouseover', 'onanimationstart', 'ontoggle', 'onpointerenter']

const byEvent = tags.flatMap((tag) => events.map((event) => `<${tag} src=x autofocus open ${event}=${run}>`))

const scripts = [
  `<script>${run}</script>`,
  `<ScRiPt>${run}</sCrIpT>`,
  `<script src=data:text/javascript,${run}></script>`,
  `<script type=module>${run}</script>`,
  `<scr<script>ipt>${run}</scr</script>ipt>`,
  `<svg><script>${run}</script></svg>`,
  `<svg><script href="data:,${run}"/></svg>`,
  `</title><script>${run}</script>`,
  `</textarea><script>${run}</script>`,
  `--><script>${run}</script>`,
  `]]><script>${run}</script>`,
  `"><script>${run}</script>`,
  `'><script>${run}</script>`,
  `\`><script>${run}</script>`,
]

const addresses = [
  `javascript:${run}`,
  `JaVaScRiPt:${run}`,
  `java\tscript:${run}`,
  `&#106;avascript:${run}`,
  `<a href="javascript:${run}">x</a>`,
  `<iframe src="javascript:${run}"></iframe>`,
  `<iframe srcdoc="<script>parent.${run}</script>"></iframe>`,
  `<object data="javascript:${run}"></object>`,
  `<embed src="javascript:${run}">`,
  `<form action="javascript:${run}"><button autofocus>x</button></form>`,
  `<base href="//evil.example/">`,
  `<link rel=stylesheet href="//evil.example/x.css">`,
  `<meta http-equiv=refresh content="0;url=javascript:${run}">`,
  `<img src="//evil.example/x.png">`,
  `<video poster="//evil.example/x.png" src="//evil.example/x.mp4"></video>`,
]

const breakouts = [
  `" onmouseover="${run}" x="`,
  `' onfocus='${run}' autofocus x='`,
  `\${${run}}`,
  `{{constructor.constructor('${run}')()}}`,
  `<%= ${run} %>`,
  `#{${run}}`,
  `$t(${run})`,
  '{{name}} $t(app.name)',
  `__proto__`,
  `constructor`,
  `\u202e>tpircs/<${run}>tpircs<`,
  `\u0000<script>${run}</script>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${run}></style></mglyph></table></mtext></math>`,
  `<noscript><p title="</noscript><img src=x onerror=${run}>">`,
  `<template><img src=x onerror=${run}></template>`,
  `<style>@import '//evil.example/x.css';</style>`,
  `<x style="animation-name:x" onanimationstart=${run}>`,
  `<input type=image src=x onerror=${run}>`,
  `<isindex action=javascript:${run} type=image>`,
  `＜script＞${run}＜/script＞`,
]

export const hostileWords: readonly string[] = [...byEvent, ...scripts, ...addresses, ...breakouts]
