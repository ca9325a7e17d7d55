import './svg.css'
import { type RefObject, useEffect, useRef, useState } from 'react'

/** How wide its place is, kept up to date; `usual` until it is known. */
export function useWidth(usual = 900): [RefObject<HTMLDivElement | null>, number] {
  const place = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(usual)
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width > 0) setWidth(Math.floor(entry.contentRect.width))
    })
    if (place.current) watch.observe(place.current)
    return () => watch.disconnect()
  }, [])
  return [place, width]
}
