import { useComputedColorScheme } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import {
  type KeyboardEvent,
  type PointerEvent,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import type { Align, Arranged } from './arrange'
import { cellAt, cellWords, type Layer } from './layers'
import { type Place, placed } from './moves'
import { cellWidth, columnWords, HEAD_PX, LABEL_PX, paint, ROW_PX } from './paint'
import type { DayMap } from './queries'

interface Props {
  map: DayMap
  arranged: Arranged
  layer: Layer
  align: Align
  label: string
  active: Place
  onActive: (place: Place) => void
  onPoint: (place: Place | null) => void
  onOpen: (place: Place) => void
}

interface View {
  left: number
  top: number
  width: number
  height: number
}

const NOWHERE: View = { left: 0, top: 0, width: 0, height: 0 }

/** The part of a scrolling box that is in view, followed as it scrolls and changes its size. */
function useView() {
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState(NOWHERE)
  const look = useCallback(() => {
    const found = box.current
    if (!found) return
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = found
    setView({ left: scrollLeft, top: scrollTop, width: clientWidth, height: clientHeight })
  }, [])
  useLayoutEffect(() => {
    look()
    const watch = new ResizeObserver(look)
    if (box.current) watch.observe(box.current)
    return () => watch.disconnect()
  }, [look])
  return { box, view, look }
}

/** Scrolls a box so far that a cell can be seen. */
function reveal(box: HTMLDivElement, { row, column }: Place, cell: number) {
  const { scrollLeft, scrollTop, clientWidth, clientHeight } = box
  const [x, y] = [Math.max(0, column) * cell, row * ROW_PX]
  const [wide, tall] = [clientWidth - LABEL_PX - cell, clientHeight - HEAD_PX - ROW_PX]
  box.scrollLeft = Math.min(x, Math.max(scrollLeft, x - wide))
  box.scrollTop = Math.min(y, Math.max(scrollTop, y - tall))
}

/** People by days, painted as far as they are in view; a grid for the keyboard and readers. */
export function MapGrid(props: Props) {
  const { map, arranged, layer, align, label, active, onActive, onPoint, onOpen } = props
  const scheme = useComputedColorScheme('light')
  const { box, view, look } = useView()
  const canvas = useRef<HTMLCanvasElement>(null)
  const name = useId()
  const { lines, columns, first } = arranged
  const cell = cellWidth(view.width, columns)

  // The colours come from the style sheet, so a change of scheme paints anew.
  useLayoutEffect(() => {
    const pen = canvas.current?.getContext('2d')
    if (!pen || !canvas.current || view.width === 0) return
    const dense = window.devicePixelRatio || 1
    canvas.current.width = Math.round(view.width * dense)
    canvas.current.height = Math.round(view.height * dense)
    pen.setTransform(dense, 0, 0, dense, 0, 0)
    const painted = paint(pen, { map, arranged, layer, align, cell, ...view })
    canvas.current.dataset.painted = String(painted)
    performance.mark('map-painted')
  }, [map, arranged, layer, align, cell, view, scheme])

  // The newest days come into view first.
  const shown = useRef<Place | null>(null)
  const known = view.width > 0
  useEffect(() => {
    const { row, column } = active
    if (!known || (shown.current?.row === row && shown.current.column === column)) return
    shown.current = active
    if (box.current) reveal(box.current, active, cell)
  }, [active, known, cell, box])

  const under = (event: PointerEvent<HTMLDivElement>): Place | null => {
    const edges = event.currentTarget.getBoundingClientRect()
    const [x, y] = [event.clientX - edges.left, event.clientY - edges.top]
    if (x < LABEL_PX || y < HEAD_PX) return null
    const column = Math.floor((x - LABEL_PX + view.left) / cell)
    const row = Math.floor((y - HEAD_PX + view.top) / ROW_PX)
    return column < columns && row < lines.length ? { row, column } : null
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault()
      onOpen(active)
      return
    }
    const page = Math.max(1, Math.floor((view.height - HEAD_PX) / ROW_PX) - 1)
    const next = placed(active, event, { rows: lines.length, columns, page })
    if (!next) return
    event.preventDefault()
    onActive(next)
  }

  const begin = Math.floor(view.top / ROW_PX)
  const end = Math.min(lines.length, begin + Math.ceil(view.height / ROW_PX) + 1)
  const here = lines[active.row]
  const found = here && cellAt(map, here.person, active.column + here.shift)
  const cellId = `${name}-cell`
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table of 180,000 cells cannot be in the page
    <div
      className="map-grid"
      ref={box}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={lines.length + 1}
      aria-colcount={columns + 1}
      aria-activedescendant={here ? cellId : undefined}
      onScroll={look}
      onKeyDown={onKeyDown}
      onPointerMove={(event) => onPoint(under(event))}
      onPointerLeave={() => onPoint(null)}
      onClick={(event) => {
        const pressed = event as unknown as PointerEvent<HTMLDivElement>
        const place = under(pressed)
        if (!place) return
        const again = place.row === active.row && place.column === active.column
        if (again && pressed.nativeEvent.pointerType === 'touch') onOpen(place)
        else onActive(place)
      }}
      onDoubleClick={(event) => {
        const place = under(event as unknown as PointerEvent<HTMLDivElement>)
        if (place) onOpen(place)
      }}
    >
      <div aria-hidden="true" className="map-canvas" style={{ marginBottom: -view.height }}>
        <canvas ref={canvas} style={{ width: view.width, height: view.height }} />
      </div>
      <div aria-hidden="true" className="map-corner" />
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: the grid keeps the focus */}
      <div role="row" aria-rowindex={1} className="for-screen-readers">
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: as above */}
        <span role="columnheader" aria-colindex={1}>
          Participant
        </span>
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: as above */}
        <span role="columnheader" aria-colindex={active.column + 2}>
          {columnWords(align, first, Math.max(0, active.column))}
        </span>
      </div>
      {lines.slice(begin, end).map(({ person }, i) => {
        const row = begin + i
        return (
          // biome-ignore lint/a11y/useSemanticElements: as above
          // biome-ignore lint/a11y/useFocusableInteractive: as above
          <div key={person.code} role="row" aria-rowindex={row + 2}>
            {/* biome-ignore lint/a11y/useSemanticElements: as above */}
            {/* biome-ignore lint/a11y/useFocusableInteractive: as above */}
            <span
              role="rowheader"
              aria-colindex={1}
              className="map-name"
              style={{ top: HEAD_PX + row * ROW_PX, left: view.left }}
            >
              <Link
                to="/participants/$code"
                params={{ code: person.code }}
                search={{ study: map.study }}
                tabIndex={-1}
              >
                {person.code}
              </Link>
            </span>
            {row === active.row && (
              // biome-ignore lint/a11y/useSemanticElements: as above
              // biome-ignore lint/a11y/useFocusableInteractive: as above
              <span
                id={cellId}
                role="gridcell"
                className="map-active"
                aria-colindex={active.column + 2}
                style={{
                  top: HEAD_PX + row * ROW_PX - 1,
                  left: LABEL_PX + active.column * cell - 1,
                  width: cell + 1,
                  height: ROW_PX,
                }}
              >
                <span className="for-screen-readers">
                  {columnWords(align, first, active.column)}:{' '}
                  {found ? cellWords(layer, found) : 'no day yet'}
                </span>
              </span>
            )}
          </div>
        )
      })}
      <div
        aria-hidden="true"
        className="map-extent"
        style={{ width: LABEL_PX + columns * cell, height: HEAD_PX + lines.length * ROW_PX }}
      />
    </div>
  )
}
