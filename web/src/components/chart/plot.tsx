import 'uplot/dist/uPlot.min.css'
import './chart.css'
import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'

interface Props {
  options: Omit<uPlot.Options, 'width' | 'height'>
  columns: uPlot.AlignedData
  height: number
  label: string
}

/** Reads the chart under one moving finger; the page still scrolls up and down. */
function readByTouch(chart: uPlot) {
  const read = (event: PointerEvent) => {
    if (event.pointerType === 'mouse') return
    const { left } = chart.over.getBoundingClientRect()
    chart.setCursor({ left: event.clientX - left, top: 10 })
  }
  chart.over.addEventListener('pointerdown', read)
  chart.over.addEventListener('pointermove', read)
}

/** One canvas chart that keeps to the width of its place. */
export function Plot({ options, columns, height, label }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const chart = useRef<uPlot | null>(null)
  const known = width > 0

  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.floor(entry.contentRect.width))
    })
    if (place.current) watch.observe(place.current)
    return () => watch.disconnect()
  }, [])

  // Resizing has its own effect below: it must not rebuild the chart.
  useEffect(() => {
    if (!place.current || !known) return
    const drawn = new uPlot({ ...options, width, height }, columns, place.current)
    readByTouch(drawn)
    chart.current = drawn
    return () => {
      drawn.destroy()
      chart.current = null
    }
  }, [options, columns, height, known])

  useEffect(() => {
    const drawn = chart.current
    if (drawn && width > 0 && drawn.width !== width) drawn.setSize({ width, height })
  }, [width, height])

  return <div ref={place} className="plot" style={{ height }} role="img" aria-label={label} />
}
