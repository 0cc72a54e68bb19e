import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { missingMs } from '../format/missing-ms.js'

/** Plays an HLS list in a video element; gives the word for what went wrong, or null, and how much of the clip is missing. */
function useHls(address: string) {
  const place = useRef<HTMLVideoElement>(null)
  const [failed, setFailed] = useState<string | null>(null)
  const [missing, setMissing] = useState(0)
  useEffect(() => {
    let stop: (() => void) | null = null
    let isGone = false
    // Loaded when the first clip is played: most cases are decided without one.
    void import('hls.js').then(({ default: Hls }) => {
      const video = place.current
      if (isGone || !video) return
      if (!Hls.isSupported()) return setFailed('UNSUPPORTED')
      // No worker: the content security policy allows no script from a blob.
      const hls = new Hls({ enableWorker: false, startPosition: 0 })
      hls.on(Hls.Events.ERROR, (_event, { fatal, details }) => {
        if (fatal) setFailed(details)
      })
      hls.on(Hls.Events.LEVEL_LOADED, (_event, { details }) =>
        setMissing(missingMs(details.fragments.map(({ title }) => title))),
      )
      hls.loadSource(address)
      hls.attachMedia(video)
      stop = () => hls.destroy()
      return undefined
    })
    return () => {
      isGone = true
      stop?.()
    }
  }, [address])
  return { place, failed, missing }
}

interface Props {
  address: string
  /** Shown in colour; else grey, as all that need not be seen. */
  revealed: boolean
}

/** What the stream showed around a hit: silent and grey, with the browser's own controls. */
export function ClipPlayer({ address, revealed }: Props) {
  const { t } = useTranslation()
  const { place, failed, missing } = useHls(address)
  return (
    <>
      <video
        ref={place}
        className={revealed ? 'clip' : 'clip grey'}
        aria-label={t('evidence.clip')}
        data-testid="clip"
        controls
        muted
        autoPlay
        playsInline
      />
      {failed === null && missing > 0 && (
        <p className="screen-note top" role="status" data-testid="clip-missing">
          {t('evidence.clipMissing', { seconds: Math.ceil(missing / 1000) })}
        </p>
      )}
      {failed !== null && (
        <p className="screen-note" role="status" data-testid="clip-failed">
          {t('evidence.clipFailed', { code: failed })}
        </p>
      )}
    </>
  )
}
