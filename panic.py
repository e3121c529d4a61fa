import subprocess,os,itertools
D='/tmp/pan/w/dist/x86_64-unknown-linux-musl/'
for w in 'start start-static start-index start-unwrap catch thread backtrace middle double drop display payload resume stack alloc capacity midthread two overflow refcell late'.split():
  rows={}
  for bt in [None,'0','1','full']:
    for mode in ['pipe','closed','full']:
      for b in ['healthchecker','healthchecker-stock']:
        env={'PANIC_AT':w}
        if bt is not None: env['RUST_BACKTRACE']=bt
        cmd=[D+b,'--port=7811','--timeout=3s']
        if mode=='closed': cmd=['sh','-c','exec "$0" "$@" >&- 2>&-']+cmd
        if mode=='full': cmd=['sh','-c','exec "$0" "$@" >/dev/full 2>/dev/full']+cmd
        try: r=subprocess.run(cmd,env=env,capture_output=True,timeout=20,stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired: print('HANG',w,b,bt,mode); continue
        rows.setdefault((b),[]).append((bt,mode,r.returncode,r.stdout[:60],r.stderr[:110]))
  a=rows['healthchecker'];s=rows['healthchecker-stock']
  print('==',w,'small codes',sorted({x[2] for x in a}),'stock codes',sorted({x[2] for x in s}), 'same' if [x[2] for x in a]==[x[2] for x in s] else 'DIFF')
  print('   small:',a[0][3:],'\n   stock:',s[0][3:])
  if a[6][3:]!=a[0][3:]: print('   small bt=1:',a[6][3:])
