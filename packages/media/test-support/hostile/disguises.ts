import { gzipSync } from 'node:zlib'
import { mediaTypes, type HostileInput, type Materials } from './input.js'

type Texts = Readonly<Record<string, string>>

const playlist = (target: string, more = ''): string =>
  `#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n${more}#EXTINF:2,\n${target}\n#EXT-X-ENDLIST\n`

/** The same target by every way that ffmpeg knows to open one. */
export function targetsOf({ canaryPath, honeyUrl }: Materials): Texts {
  return {
    'file:': `file://${canaryPath}`,
    'a plain path': canaryPath,
    'http:': honeyUrl,
    'tcp:': honeyUrl.replace('http:', 'tcp:').replace('/a.ts', ''),
    'concat:': `concat:${canaryPath}|${canaryPath}`,
    'subfile:': `subfile,,start,0,end,2000,,:${canaryPath}`,
    'crypto:': `crypto:${canaryPath}`,
    'data:': 'data:video/mp2t;base64,R0AAEAAAsA0AAcEAAAAB8AAqsQSy',
    'cache:': `cache:${canaryPath}`,
    'async:': `async:file:${canaryPath}`,
    'hls+http:': `hls+${honeyUrl}`,
    'pipe:0': 'pipe:0',
    'a way up': `../../../../../..${canaryPath}`,
  }
}

function scripts(materials: Materials): Texts {
  const { canaryPath, honeyUrl } = materials
  return {
    'concat script': `ffconcat version 1.0\nfile '${canaryPath}'\nfile '${honeyUrl}'\n`,
    'concat script without a head': `file '${canaryPath}'\n`,
    'DASH manifest': `<?xml version="1.0"?><MPD type="static"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>${honeyUrl}</BaseURL><SegmentBase/></Representation></AdaptationSet></Period></MPD>`,
    'DASH manifest with an entity': `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY c SYSTEM "file://${canaryPath}">]><MPD><Period><BaseURL>&c;</BaseURL></Period></MPD>`,
    SDP: `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video ${honeyUrl.split(':')[2]?.split('/')[0]} TCP/RTP/AVP 96\na=rtpmap:96 H264/90000\na=control:${honeyUrl}\n`,
    'RTSP description': `rtsp://${honeyUrl.slice(7)}\n`,
    ASX: `<asx version="3.0"><entry><ref href="${honeyUrl}"/></entry></asx>`,
    PLS: `[playlist]\nFile1=${canaryPath}\nFile2=${honeyUrl}\nNumberOfEntries=2\n`,
    XSPF: `<playlist version="1"><trackList><track><location>file://${canaryPath}</location></track></trackList></playlist>`,
    SMIL: `<smil><body><video src="${honeyUrl}"/></body></smil>`,
    'ISM manifest': `<SmoothStreamingMedia Duration="1"><StreamIndex Url="${honeyUrl}"/></SmoothStreamingMedia>`,
    'IMF list': `<?xml version="1.0"?><CompositionPlaylist><Id>urn:uuid:0</Id><Path>${canaryPath}</Path></CompositionPlaylist>`,
    'AviSynth script': `AVISource("${canaryPath}")`,
    'VapourSynth script': `import vapoursynth as vs\nvs.core.ffms2.Source("${canaryPath}").set_output()`,
    'SubRip subtitles': `1\n00:00:00,000 --> 00:00:02,000\n<img src="${honeyUrl}">\n`,
    'WebVTT subtitles': `WEBVTT\n\nSTYLE\n::cue { background: url(${honeyUrl}) }\n\n00:00.000 --> 00:02.000\nx\n`,
    'ASS subtitles': `[Script Info]\nVideo File: ${canaryPath}\n[Events]\nDialogue: 0,0:00:00.00,0:00:02.00,,,,,,,x\n`,
    'VobSub index': `# VobSub index file, v7\nid: en, index: 0\ntimestamp: 00:00:00:000, filepos: ${canaryPath}\n`,
    'MPSub, SAMI': `<SAMI><HEAD><STYLE>@import "${honeyUrl}"</STYLE></HEAD><BODY>x</BODY></SAMI>`,
    metadata: `;FFMETADATA1\ntitle=${canaryPath}\n[CHAPTER]\nSTART=0\nEND=1\n`,
    SVG: `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="64"><image xlink:href="file://${canaryPath}" width="64" height="64"/><image xlink:href="${honeyUrl}"/></svg>`,
    'SVG with an entity': `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY c SYSTEM "file://${canaryPath}">]><svg><text>&c;</text></svg>`,
    MVG: `push graphic-context\nviewbox 0 0 64 64\nimage over 0,0 0,0 '${honeyUrl}'\npop graphic-context\n`,
    PostScript: `%!PS\n(${canaryPath}) (r) file 1000 string readstring pop =\n`,
    HTML: `<html><video src="${honeyUrl}" autoplay></video></html>`,
    'image sequence pattern': `${canaryPath.replace('canary', '%06d')}\n`,
    'filter graph': `movie=${canaryPath}[out0]\n`,
    'tee list': `[f=mpegts]${canaryPath}|${honeyUrl}\n`,
  }
}

const images: Readonly<Record<string, Buffer>> = {
  GIF: Buffer.from('4749463839610100010080000000000000ffffff2c00000000010001000002024401003b', 'hex'),
  PNG: Buffer.from('89504e470d0a1a0a0000000d49484452ffffffffffffffff0806000000', 'hex'),
  JPEG: Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex'),
  BMP: Buffer.from('424d46000000000000003600000028000000ffff0000ffff00000100180000000000', 'hex'),
  TIFF: Buffer.from('49492a00080000000100000104000100000000ff0000', 'hex'),
  WebP: Buffer.from('524946461a000000574542505650384c0d0000002f00000010071011118888fe0700', 'hex'),
  PPM: Buffer.from('P6\n64 64\n255\n'.padEnd(4000, 'x')),
}

/** Things of another kind, each under a media type in turn; those that name a target, under all. */
export function disguises(materials: Materials): HostileInput[] {
  const made: HostileInput[] = []
  const add = (family: string, name: string, bytes: Buffer, types = mediaTypes): void => {
    for (const mediaType of types) made.push({ family, name, mediaType, bytes, neverPicture: true })
  }
  const turn = (): readonly (typeof mediaTypes)[number][] => mediaTypes.filter((_, at) => at === made.length % 3)
  for (const [name, target] of Object.entries(targetsOf(materials)))
    add('playlist', name, Buffer.from(playlist(target)))
  const { honeyUrl, canaryPath } = materials
  const key = `#EXT-X-KEY:METHOD=AES-128,URI="${honeyUrl}"\n`
  const tricks: Readonly<Record<string, Buffer>> = {
    'a key elsewhere': Buffer.from(playlist(canaryPath, key)),
    'a map elsewhere': Buffer.from(playlist(canaryPath, `#EXT-X-MAP:URI="${honeyUrl}"\n`)),
    'behind an ID3 tag': Buffer.concat([Buffer.from('49443304000000000000', 'hex'), Buffer.from(playlist(honeyUrl))]),
    'behind a mark of byte order': Buffer.from(`\ufeff${playlist(honeyUrl)}`),
    'in UTF-16': Buffer.from(playlist(honeyUrl), 'utf16le'),
    gzipped: gzipSync(playlist(honeyUrl)),
    'behind a packet': Buffer.concat([materials.ts.subarray(0, 188), Buffer.from(playlist(honeyUrl))]),
    'of itself': Buffer.from(`#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\npipe:0\n`.repeat(500)),
  }
  for (const [name, bytes] of Object.entries(tricks)) add('playlist', name, bytes, turn())
  for (const [name, text] of Object.entries(scripts(materials))) add('script', name, Buffer.from(text), turn())
  for (const [name, bytes] of Object.entries(images)) add('image', name, bytes, turn())
  return made
}
