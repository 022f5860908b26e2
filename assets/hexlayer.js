/* Hexagons on one canvas: their numbers are rasterised once per move or zoom, a filter change
   only repaints through a colour table. The cost is pixels, not hexagons. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const PADDING = 0.15;
  const MOST_PIXELS = 9e6;
  const SMALLEST_WITH_EDGES = 9;

  /* Fills `buffer` (w x h, row by row) with cell number + 1 for every pixel centre inside a cell,
     and with that + n + 1 on the pixels along a cell's right and lower border if `edges`. */
  function rasterise(geometry, view, buffer) {
    const { n, offsets, x, y } = geometry;
    const { scale, left, top, width, height } = view;
    const first = new Float64Array(height);
    const last = new Float64Array(height);
    buffer.fill(0);
    let widest = 0;
    for (let i = 0; i < n; i++) {
      const a = offsets[i];
      const b = offsets[i + 1];
      let low = Infinity;
      let high = -Infinity;
      let west = Infinity;
      let east = -Infinity;
      for (let k = a; k < b; k++) {
        const px = x[k] * scale - left;
        const py = y[k] * scale - top;
        if (py < low) low = py;
        if (py > high) high = py;
        if (px < west) west = px;
        if (px > east) east = px;
      }
      if (east < 0 || west > width || high < 0 || low > height) continue;
      if (east - west > widest) widest = east - west;
      const from = Math.max(0, Math.ceil(low - 0.5));
      const to = Math.min(height, Math.ceil(high - 0.5));
      for (let row = from; row < to; row++) {
        first[row] = Infinity;
        last[row] = -Infinity;
      }
      for (let k = a; k < b; k++) {
        const j = k + 1 < b ? k + 1 : a;
        const down = y[k] <= y[j];
        const p = down ? k : j;
        const q = down ? j : k;
        const y0 = y[p] * scale - top;
        const y1 = y[q] * scale - top;
        const x0 = x[p] * scale - left;
        const slope = y1 > y0 ? (x[q] * scale - left - x0) / (y1 - y0) : 0;
        const end = Math.min(height, Math.ceil(y1 - 0.5));
        for (let row = Math.max(0, Math.ceil(y0 - 0.5)); row < end; row++) {
          const cross = x0 + (row + 0.5 - y0) * slope;
          if (cross < first[row]) first[row] = cross;
          if (cross > last[row]) last[row] = cross;
        }
      }
      for (let row = from; row < to; row++) {
        const start = Math.max(0, Math.ceil(first[row] - 0.5));
        const stop = Math.min(width, Math.ceil(last[row] - 0.5));
        if (stop > start) buffer.fill(i + 1, row * width + start, row * width + stop);
      }
    }
    if (widest >= SMALLEST_WITH_EDGES * view.ratio) markEdges(buffer, width, height, n + 1);
  }

  function markEdges(buffer, width, height, stride) {
    for (let row = 0; row < height - 1; row++) {
      const end = (row + 1) * width - 1;
      for (let i = row * width; i < end; i++) {
        const number = buffer[i];
        if (number && (number !== buffer[i + 1] || number !== buffer[i + width])) buffer[i] = number + stride;
      }
    }
  }

  /* `rgb` text of a CSS colour -> one 32-bit pixel, little endian. */
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  ypo.pixel = (colour, alpha) => {
    probe.fillStyle = "#000";
    probe.fillStyle = colour;
    const hex = probe.fillStyle;
    const part = (at) => parseInt(hex.slice(at, at + 2), 16);
    const opacity = Math.round(255 * alpha);
    return ((opacity << 24) | (part(5) << 16) | (part(3) << 8) | part(1)) >>> 0;
  };

  function define() {
    return window.L.Layer.extend({
      options: { pane: "ypo-hex" },

      initialize(options) {
        window.L.setOptions(this, options);
        this._geometry = null;
        this._table = new Uint32Array(2);
        this._stripes = null;
        this.painted = { sequence: 0, at: 0, raster: 0 };
      },

      onAdd() {
        this._canvas = window.L.DomUtil.create("canvas", "leaflet-zoom-animated ypo-hexagons", this.getPane());
        this._canvas.setAttribute("aria-hidden", "true");
        this._context = this._canvas.getContext("2d");
        this._update();
      },

      onRemove() {
        this._canvas.remove();
      },

      getEvents() {
        const events = { viewreset: this._update, zoom: this._onZoom, moveend: this._update };
        if (this._map.options.zoomAnimation) events.zoomanim = this._onZoomAnimation;
        return events;
      },

      /* Other cells; they show with the next `setColours`. */
      setGeometry(geometry) {
        if (geometry === this._geometry) return;
        this._geometry = geometry;
        this._table = new Uint32Array(2 * (geometry.n + 1));
        this._stripes = null;
        this._rasterise();
      },

      /* `classes`: one number per cell into `palette` [{fill, edge, stripe?}] of 32-bit pixels;
         a stripe makes the hatch of that class. Repaints. */
      setColours(classes, palette, sequence) {
        const stride = this._geometry.n + 1;
        const hatched = palette.some((entry) => entry.stripe !== undefined);
        const table = this._table;
        if (hatched && !this._stripes) this._stripes = new Uint32Array(table.length);
        if (!hatched) this._stripes = null;
        const fills = Uint32Array.from(palette, (entry) => entry.fill);
        const edges = Uint32Array.from(palette, (entry) => entry.edge);
        const stripes = Uint32Array.from(palette, (entry) => entry.stripe ?? entry.fill);
        for (let i = 0; i < classes.length; i++) {
          table[i + 1] = fills[classes[i]];
          table[i + 1 + stride] = edges[classes[i]];
          if (hatched) this._stripes[i + 1] = this._stripes[i + 1 + stride] = stripes[classes[i]];
        }
        this.painted.sequence = sequence ?? this.painted.sequence;
        this._paint();
      },

      setVisible(visible) {
        this._canvas.style.visibility = visible ? "" : "hidden";
      },

      /* Cell number under a point of the map's container, or -1. Constant time. */
      indexAt(point) {
        if (!this._geometry || !this._view) return -1;
        const { ratio, width, height } = this._view;
        const inside = this._map.containerPointToLayerPoint(point).subtract(this._origin);
        const column = Math.floor(inside.x * ratio);
        const row = Math.floor(inside.y * ratio);
        if (column < 0 || row < 0 || column >= width || row >= height) return -1;
        return (this._buffer[row * width + column] % (this._geometry.n + 1)) - 1;
      },

      _update() {
        if (!this._map || (this._map._animatingZoom && this._buffer)) return;
        const size = this._map.getSize();
        let ratio = window.devicePixelRatio || 1;
        const pixels = size.x * size.y * ratio * ratio;
        const padding = pixels * (1 + 2 * PADDING) ** 2 > MOST_PIXELS ? 0.02 : PADDING;
        if (pixels > 2 * MOST_PIXELS) ratio = 1;
        this._origin = this._map.containerPointToLayerPoint(size.multiplyBy(-padding)).round();
        this._padding = padding;
        this._center = this._map.getCenter();
        this._zoom = this._map.getZoom();
        const css = size.multiplyBy(1 + 2 * padding).ceil();
        const corner = this._map.getPixelOrigin().add(this._origin);
        const view = {
          ratio,
          width: Math.max(1, Math.round(css.x * ratio)),
          height: Math.max(1, Math.round(css.y * ratio)),
          scale: 256 * 2 ** this._zoom * ratio,
          left: corner.x * ratio,
          top: corner.y * ratio,
        };
        const canvas = this._canvas;
        if (!this._image || canvas.width !== view.width || canvas.height !== view.height) {
          canvas.width = view.width;
          canvas.height = view.height;
          canvas.style.width = `${view.width / ratio}px`;
          canvas.style.height = `${view.height / ratio}px`;
          this._image = this._context.createImageData(view.width, view.height);
          this._pixels = new Uint32Array(this._image.data.buffer);
          this._buffer = new Uint32Array(view.width * view.height);
        }
        this._view = view;
        window.L.DomUtil.setTransform(canvas, this._origin, 1);
        this._rasterise();
        this._paint();
      },

      _rasterise() {
        if (!this._geometry || !this._view) return;
        const started = performance.now();
        rasterise(this._geometry, this._view, this._buffer);
        this.painted.raster = performance.now() - started;
      },

      _paint() {
        if (!this._geometry || !this._view) return;
        const pixels = this._pixels;
        const buffer = this._buffer;
        const table = this._table;
        const stripes = this._stripes;
        if (stripes) {
          const { width, height, ratio } = this._view;
          const pitch = Math.max(6, Math.round(6 * ratio));
          for (let row = 0, i = 0; row < height; row++) {
            for (let column = 0; column < width; column++, i++) {
              pixels[i] = ((row + column) % pitch) * 3 < pitch ? stripes[buffer[i]] : table[buffer[i]];
            }
          }
        } else for (let i = 0; i < buffer.length; i++) pixels[i] = table[buffer[i]];
        this._context.putImageData(this._image, 0, 0);
        this.painted.at = performance.now();
      },

      _onZoom() {
        this._transform(this._map.getCenter(), this._map.getZoom());
      },

      _onZoomAnimation(event) {
        this._transform(event.center, event.zoom);
      },

      /* As L.Renderer does: the old picture scaled until the new one is there. */
      _transform(center, zoom) {
        if (!this._view) return;
        const map = this._map;
        const scale = map.getZoomScale(zoom, this._zoom);
        const half = map.getSize().multiplyBy(0.5 + this._padding);
        const corner = half
          .multiplyBy(-scale)
          .add(map.project(this._center, zoom))
          .subtract(map._getNewPixelOrigin(center, zoom));
        window.L.DomUtil.setTransform(this._canvas, corner, scale);
      },
    });
  }
  let HexLayer = null;
  ypo.hexLayer = (options) => {
    HexLayer = HexLayer || define();
    return new HexLayer(options);
  };
  ypo.rasterise = rasterise;
})();
