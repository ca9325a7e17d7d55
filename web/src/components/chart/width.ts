import './svg.css'
import { type RefObject, useLayoutEffect, useRef, useState } from 'react'

/** How wide its place is, kept up to date; `usual` until it is known. */
export function useWidth(usual = 900): [RefObject<HTMLDivElement | null>, number] {
  const place = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(usual)
  // Before anything is painted: a chart of the usual width would push a phone's page aside.
  useLayoutEffect(() => {
    const found = place.current
    if (!found) return
    if (found.clientWidth > 0) setWidth(found.clientWidth)
    const watch = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width > 0) setWidth(Math.floor(entry.contentRect.width))
    })
    watch.observe(found)
    return () => watch.disconnect()
  }, [])
  return [place, width]
}
